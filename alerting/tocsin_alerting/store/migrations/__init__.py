"""Every schema the store has had, as steps from one to the next; run by `tocsin_alerting.store.schema`."""
