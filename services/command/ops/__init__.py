"""The command `berceau ops`: what who watches the queues sees and does, as the console has it."""
