"""The outside world behind the ports: Redis, files, queues."""
