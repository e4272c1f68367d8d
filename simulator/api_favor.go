package simulator

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
)

// favorEndpoints is the module "favor".
func favorEndpoints() []endpoint {
	return []endpoint{
		{path: "/favor/sync", handle: locked(syncFavourites)},
		{path: "/favor/getContent", handle: locked(favouriteContent)},
		{path: "/favor/delete", handle: nothing(deleteFavourite)},
	}
}

// favourite is something that an account has kept. Deleted ones stay in the list, with flag 1.
type favourite struct {
	FavID      int   `json:"favId"`
	Type       int   `json:"type"`
	Flag       int   `json:"flag"`
	UpdateTime int64 `json:"updateTime"`
	change     int   // the number of its last change
}

// favouritesAtFirst is how many an account has, and favouritesPage how many one answer has.
const (
	favouritesAtFirst = 7
	favouritesPage    = 5
)

func newFavourites() []favourite {
	var fs []favourite
	for i := range favouritesAtFirst {
		fs = append(fs, favourite{FavID: i + 1, Type: 1, UpdateTime: 1_750_000_000 + int64(i), change: i + 1})
	}
	return fs
}

// syncFavourites lists what has changed since the key. An empty page says that there is no more.
func syncFavourites(r *request) (any, error) {
	since := 0
	if key := r.text("syncKey"); key != "" {
		text, err := base64.StdEncoding.DecodeString(key)
		if err == nil {
			since, err = strconv.Atoi(string(text))
		}
		if err != nil {
			since = 0 // a key that the service does not know begins anew
		}
	}
	changed := slices.DeleteFunc(slices.Clone(r.account.favourites), func(f favourite) bool { return f.change <= since })
	slices.SortFunc(changed, func(a, b favourite) int { return a.change - b.change })
	page := append([]favourite{}, changed[:min(len(changed), favouritesPage)]...)
	if len(page) > 0 {
		since = page[len(page)-1].change
	}
	return struct {
		SyncKey string      `json:"syncKey"`
		List    []favourite `json:"list"`
	}{base64.StdEncoding.EncodeToString([]byte(strconv.Itoa(since))), page}, nil
}

// favourite is the one of the call.
func (r *request) favourite() (*favourite, error) {
	for i := range r.account.favourites {
		if f := &r.account.favourites[i]; int64(f.FavID) == r.number("favId") && f.Flag == 0 {
			return f, nil
		}
	}
	return nil, refuse("favId: there is no favourite %d", r.number("favId"))
}

func favouriteContent(r *request) (any, error) {
	f, err := r.favourite()
	if err != nil {
		return nil, err
	}
	return struct {
		FavID      int    `json:"favId"`
		Status     int    `json:"status"`
		Flag       int    `json:"flag"`
		UpdateTime int64  `json:"updateTime"`
		Content    string `json:"content"`
	}{f.FavID, 2, f.Flag, f.UpdateTime, fmt.Sprintf(`<favitem type="%d"><desc>favourite %d</desc></favitem>`, f.Type, f.FavID)}, nil
}

func deleteFavourite(r *request) error {
	f, err := r.favourite()
	if err != nil {
		return err
	}
	last := 0
	for _, other := range r.account.favourites {
		last = max(last, other.change)
	}
	f.Flag, f.UpdateTime, f.change = 1, r.sim.now(), last+1
	return nil
}
