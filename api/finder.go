package api

// FinderService is about Channels, WeChat's short videos.
type FinderService struct{ client *Client }
