package api

// SNSService is about Moments.
type SNSService struct{ client *Client }
