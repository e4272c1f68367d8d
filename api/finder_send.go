package api

import "cmp"

// A direct message and a comment are Sends, too, so that an outbox paces them and sends each once.

func (m FinderPostDirectMessageRequest) endpoint() string            { return "/finder/postPrivateLetter" }
func (m FinderPostDirectMessageRequest) account() string             { return m.AppID }
func (m FinderPostDirectMessageRequest) target() string              { return m.ToUserName }
func (m FinderPostDirectMessageRequest) withAppID(appID string) Send { m.AppID = appID; return m }
func (m FinderPostDirectMessageRequest) withTarget(to string) Send   { m.ToUserName = to; return m }
func (m FinderPostDirectMessageRequest) class() class                { return send }

func (m FinderPostDirectMessageRequest) check() error {
	return required(m.endpoint(), m.with(field{"content", m.Content})...)
}

func (m FinderCommentRequest) endpoint() string            { return "/finder/comment" }
func (m FinderCommentRequest) account() string             { return m.AppID }
func (m FinderCommentRequest) withAppID(appID string) Send { m.AppID = appID; return m }
func (m FinderCommentRequest) withTarget(to string) Send   { m.ReplyUserName = to; return m }
func (m FinderCommentRequest) class() class                { return send }

// target is the author of the comment that it answers; without one, the video.
func (m FinderCommentRequest) target() string { return cmp.Or(m.ReplyUserName, m.ObjectID.String()) }

// check requires the role, which Comment sets itself.
func (m FinderCommentRequest) check() error {
	return required(m.endpoint(), m.with(number("myRoleType", m.MyRole), number("objectId", m.ObjectID),
		field{"sessionBuffer", m.SessionBuffer}, field{"content", m.Content})...)
}
