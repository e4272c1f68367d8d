package endpoint

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"

	"github.com/hongyan-go/hongyan/simulator/internal/world"
)

// favorEndpoints is the module "favor".
func favorEndpoints() []endpoint {
	return []endpoint{
		{path: "/favor/sync", handle: locked(syncFavourites)},
		{path: "/favor/getContent", handle: locked(favouriteContent)},
		{path: "/favor/delete", handle: nothing(deleteFavourite)},
	}
}

// favouritesPage is the number of favourites in one answer.
const favouritesPage = 5

// syncFavourites lists the favourites that have changed since the key. An empty page ends the list.
func syncFavourites(r *request) (any, error) {
	since := 0
	if key := r.text("syncKey"); key != "" {
		text, err := base64.StdEncoding.DecodeString(key)
		if err == nil {
			since, err = strconv.Atoi(string(text))
		}
		if err != nil {
			since = 0 // an unknown key begins from the start
		}
	}
	changed := slices.DeleteFunc(slices.Clone(r.account.Favourites), func(f world.Favourite) bool { return f.Change <= since })
	slices.SortFunc(changed, func(a, b world.Favourite) int { return a.Change - b.Change })
	page := append([]world.Favourite{}, changed[:min(len(changed), favouritesPage)]...)
	if len(page) > 0 {
		since = page[len(page)-1].Change
	}
	return struct {
		SyncKey string            `json:"syncKey"`
		List    []world.Favourite `json:"list"`
	}{base64.StdEncoding.EncodeToString([]byte(strconv.Itoa(since))), page}, nil
}

// favourite returns the favourite of the call.
func (r *request) favourite() (*world.Favourite, error) {
	for i := range r.account.Favourites {
		if f := &r.account.Favourites[i]; int64(f.FavID) == r.number("favId") && f.Flag == 0 {
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
	for _, other := range r.account.Favourites {
		last = max(last, other.Change)
	}
	f.Flag, f.UpdateTime, f.Change = 1, r.world.Now(), last+1
	return nil
}
