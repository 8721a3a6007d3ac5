"""Look-ups over HTTP: `linernotes serve`. Needs the extra `service`."""
