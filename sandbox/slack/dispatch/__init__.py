"""From the workspace to the app: Socket Mode or signed HTTP, deadlines, redelivery."""
