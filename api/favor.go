package api

import "context"

// FavorService manages the account's favourites.
type FavorService struct{ client *Client }

// Favorite is an entry of the favourites.
type Favorite struct {
	ID         ID    `json:"favId"`
	Type       int   `json:"type"`       // kind of content; values undocumented
	Flag       int   `json:"flag"`       // see Deleted
	UpdateTime int64 `json:"updateTime"` // Unix seconds
}

// Deleted reports whether the entry has been deleted: Sync lists those as well.
func (f Favorite) Deleted() bool { return f.Flag == 1 }

// Favorites are one page of the favourites.
type Favorites struct {
	SyncKey string     `json:"syncKey"` // for the next page; opaque
	List    []Favorite `json:"list"`
}

// Sync returns a page of the favourites: the first for an empty syncKey, then the next for the
// SyncKey of the answer, until a page is empty.
func (s *FavorService) Sync(ctx context.Context, appID, syncKey string) (*Favorites, error) {
	return ask[Favorites](ctx, s.client, "/favor/sync", query, params{"appId": appID, "syncKey": syncKey}, field{"appId", appID})
}

// FavoriteContent is a favourite with its content.
type FavoriteContent struct {
	ID         ID     `json:"favId"`
	Status     int    `json:"status"` // values undocumented
	Flag       int    `json:"flag"`
	UpdateTime int64  `json:"updateTime"` // Unix seconds
	Content    string `json:"content"`    // XML, <favitem>
}

// GetContent returns the content of a favourite.
func (s *FavorService) GetContent(ctx context.Context, appID string, favID ID) (*FavoriteContent, error) {
	return ask[FavoriteContent](ctx, s.client, "/favor/getContent", query, params{"appId": appID, "favId": favID},
		field{"appId", appID}, number("favId", favID))
}

// Delete deletes a favourite.
func (s *FavorService) Delete(ctx context.Context, appID string, favID ID) error {
	return s.client.do(ctx, "/favor/delete", send, params{"appId": appID, "favId": favID}, field{"appId", appID}, number("favId", favID))
}
