package world

import (
	"cmp"
	"maps"
	"slices"
)

// Channel is the identity of an account in Channels.
type Channel struct {
	Username, Nickname, Picture, Signature string
	Follows                                []string
}

// videos are the videos of Channels that an account has used.
type videos struct {
	all     map[uint64]*Video
	last    uint64
	letters int64 // how many private letters were posted
}

// firstVideo precedes the first id of a video that is published here.
const firstVideo uint64 = 14_100_000_000_000_000_000

// Video is a video of Channels, with the reactions of accounts.
type Video struct {
	ID          uint64
	Author      string // the username of a channel; empty if it was not published here
	Description string
	Created     int64
	Hearts      map[string]bool // wxids
	Thumbs      map[string]bool
	Comments    []VideoComment
}

// VideoComment is a comment on a video.
type VideoComment struct {
	ID              uint64
	Author, Content string // Author is a wxid
	Created         int64
	Answers         uint64 // the id of the comment that it answers; 0 for none
}

// Video returns the video with an id. An unknown id is that of a video from outside of this world.
func (w *World) Video(id uint64) *Video {
	v := w.videos.all[id]
	if v == nil {
		v = &Video{ID: id, Created: w.Now(), Hearts: map[string]bool{}, Thumbs: map[string]bool{}}
		w.videos.all[id] = v
	}
	return v
}

// ChannelOf returns the channel with a username, or nil if no account has it.
func (w *World) ChannelOf(username string) *Channel {
	for _, a := range w.People.Accounts {
		if a.Channel != nil && a.Channel.Username == username {
			return a.Channel
		}
	}
	return nil
}

// VideosThat returns the videos that fit, newest first.
func (w *World) VideosThat(fits func(*Video) bool) []*Video {
	var found []*Video
	for _, id := range slices.Backward(slices.Sorted(maps.Keys(w.videos.all))) {
		if v := w.videos.all[id]; fits(v) {
			found = append(found, v)
		}
	}
	return found
}

// PublishVideo adds a video to a channel.
func (w *World) PublishVideo(c *Channel, description string) *Video {
	w.videos.last++
	v := w.Video(w.videos.last)
	v.Author, v.Description = c.Username, description
	return v
}

// NewChannel gives an account a channel.
func (w *World) NewChannel(a *Account, username string) *Channel {
	a.Channel = &Channel{
		Username: cmp.Or(username, "v2_"+w.IDs.Digest("channel", a.Wxid)+"@finder"), Nickname: a.Nickname,
		Picture: Avatar(a.Wxid, AvatarLarge),
	}
	return a.Channel
}

// CommentVideo adds a comment to a video and returns its id.
func (w *World) CommentVideo(v *Video, author, text string, answers uint64) uint64 {
	w.videos.last++
	v.Comments = append(v.Comments, VideoComment{w.videos.last, author, text, w.Now(), answers})
	return w.videos.last
}

// CommentOn is a comment on a video.
type CommentOn struct {
	VideoComment
	Video *Video
}

// CommentsOn returns the comments of others on the videos of a channel, newest first.
func (w *World) CommentsOn(c *Channel) []CommentOn {
	var all []CommentOn
	for _, v := range w.VideosThat(func(v *Video) bool { return v.Author == c.Username }) {
		for _, comment := range v.Comments {
			if w.ChannelName(comment.Author) != c.Username {
				all = append(all, CommentOn{comment, v})
			}
		}
	}
	slices.SortFunc(all, func(a, b CommentOn) int { return cmp.Compare(b.ID, a.ID) })
	return all
}
