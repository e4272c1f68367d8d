package api

// IMService is about WeCom users.
type IMService struct{ client *Client }
