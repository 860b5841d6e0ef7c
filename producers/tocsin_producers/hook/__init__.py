"""The Inspect hook: with `tocsin-producers[inspect]` installed, every `inspect eval` publishes its result.

    TOCSIN_INSTITUTE, TOCSIN_TLP and TOCSIN_KAFKA_BOOTSTRAP_SERVERS     straight into the network's Kafka
    TOCSIN_TLP, TOCSIN_DOOR_URL and TOCSIN_DOOR_KEY                     over the network's HTTP door
    TOCSIN_HOOK_DISABLED=1                                              publish nothing

A log may hold sensitive text; only facts of its header are published (`tocsin_producers.adapters.inspect`). A report is
on this machine's disk before a task counts as ended, and a thread hands it over: a network that does not answer never
fails an evaluation, and delays its end by a few seconds at most.
"""
