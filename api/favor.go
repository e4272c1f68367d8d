package api

// FavorService is about the favourites.
type FavorService struct{ client *Client }
