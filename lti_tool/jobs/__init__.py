"""The outbox at work: claim, lease, retry, dead letter."""
