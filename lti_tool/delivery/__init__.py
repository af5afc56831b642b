"""How a badge reaches people. One complete room per destination; failures are `DeliveryError`s."""
