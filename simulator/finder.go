package simulator

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
)

// channel is the identity of an account in Channels.
type channel struct {
	username, nickname, picture, signature string
	follows                                []string
}

// videos are those of Channels that somebody has touched. The simulator's lock guards them.
type videos struct {
	all  map[uint64]*video
	last uint64
}

// firstVideo is before the first id of what is published here.
const firstVideo uint64 = 14_100_000_000_000_000_000

// video is a video of Channels, with what accounts have done to it.
type video struct {
	id          uint64
	author      string // empty for one that was not published here
	description string
	created     int64
	hearts      map[string]bool // wxids
	thumbs      map[string]bool
	comments    []videoComment
}

type videoComment struct {
	id              uint64
	author, content string
	created         int64
}

// video is the one with an id. Channels are large: an id that is not known is one from elsewhere.
func (s *Simulator) video(id uint64) *video {
	v := s.videos.all[id]
	if v == nil {
		v = &video{id: id, created: s.now(), hearts: map[string]bool{}, thumbs: map[string]bool{}}
		s.videos.all[id] = v
	}
	return v
}

// publishVideo adds a video to the channel of the account.
func (r *request) publishVideo() *video {
	r.sim.videos.last++
	v := r.sim.video(r.sim.videos.last)
	v.author, v.description = r.channel().username, r.text("description")
	return v
}

// channel is that of the account. Who acts in the name of one that was not created here is taken to have it.
func (r *request) channel() *channel {
	if r.account.channel == nil {
		name := or(r.text("myUserName"), "v2_"+r.sim.ids.digest("channel", r.account.Wxid)+"@finder")
		r.account.channel = &channel{username: name, nickname: r.account.Nickname, picture: avatar(r.account.Wxid, big)}
	}
	return r.account.channel
}

// channelOf finds a channel by its username; nil if no account has it.
func (s *Simulator) channelOf(username string) *channel {
	for _, a := range s.people.accounts {
		if a.channel != nil && a.channel.username == username {
			return a.channel
		}
	}
	return nil
}

// by are the videos that fit, newest first.
func (s *Simulator) by(fits func(*video) bool) []*video {
	var found []*video
	for _, id := range slices.Backward(slices.Sorted(maps.Keys(s.videos.all))) {
		if v := s.videos.all[id]; fits(v) {
			found = append(found, v)
		}
	}
	return found
}

// like copies an object of the catalogue's example.
func like(example any) map[string]any {
	source, _ := example.(map[string]any)
	object := maps.Clone(source)
	for key, value := range object {
		if inner, ok := value.(map[string]any); ok {
			object[key] = like(inner)
		}
	}
	return object
}

// first is the first object of a list in an answer.
func first(list any) any {
	if items, ok := list.([]any); ok && len(items) > 0 {
		return items[0]
	}
	return nil
}

func number64(n uint64) json.Number { return json.Number(strconv.FormatUint(n, 10)) }

func numberOf(n int) json.Number { return json.Number(strconv.Itoa(n)) }

// object is a video as answers have it, after the example of one.
func (s *Simulator) object(v *video, example any) map[string]any {
	o := like(example)
	o["id"], o["displayid"], o["createtime"] = number64(v.id), number64(v.id), json.Number(strconv.FormatInt(v.created, 10))
	o["likeCount"], o["favCount"], o["commentCount"] = numberOf(len(v.hearts)), numberOf(len(v.thumbs)), numberOf(len(v.comments))
	if v.description != "" {
		if desc, ok := o["objectDesc"].(map[string]any); ok {
			desc["description"] = v.description
		}
	}
	if c := s.channelOf(v.author); c != nil {
		o["username"], o["nickname"], o["contact"] = c.username, c.nickname, c.contact(o["contact"])
	}
	return o
}

// contact is a channel as answers have it, after the example of one.
func (c *channel) contact(example any) map[string]any {
	o := like(example)
	o["username"], o["nickname"], o["headUrl"], o["signature"] = c.username, c.nickname, c.picture, c.signature
	return o
}
