package api

// LabelService is about the labels of friends.
type LabelService struct{ client *Client }
