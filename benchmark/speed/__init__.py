"""The speed stage: what an extractor costs, beside a reference parse of the same bytes."""
