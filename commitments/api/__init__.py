"""The read-only API: approved facts as JSON, described by OpenAPI."""
