"""What happens by itself: the batch week, the outbox, the schedule; as Celery tasks, on a broker or in process."""
