"""A post in a partner's Mattermost channel, through its incoming webhook."""
