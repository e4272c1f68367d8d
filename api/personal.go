package api

// PersonalService is about the account itself.
type PersonalService struct{ client *Client }
