"""What happens in a workspace, whoever causes it: the app through the Web API, or a person.

Each act changes the world, puts the change on the feed and publishes the events the app is due.
Refusals are `SlackError`s; who may do what to whom is decided here, token scopes are not.
"""
