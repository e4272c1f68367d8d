package world

import (
	"errors"
	"fmt"

	"github.com/hongyan-go/hongyan/simulator/internal/message"
)

// letter is the Data of the callback for a private letter in Channels. The service documents no
// such callback; this has the members of an item of syncPrivateLetterMsg.
type letter struct {
	Msg       addMsg `json:"msg"`
	SessionID string `json:"msgSessionId"`
	IsSender  int    `json:"isSender"`
	Seq       int64  `json:"seq"`
	ExtInfo   string `json:"extinfo"`
}

// actInChannels does an action in Channels.
func (w *World) actInChannels(a Action) error {
	to, err := w.target(a)
	if err != nil {
		return err
	}
	from, err := w.People.Person(a.From)
	switch {
	case err != nil:
		return fmt.Errorf(`"from": %w`, err)
	case from == to.Wxid:
		return errors.New(`"from" is the account itself`)
	case a.Text == "":
		return fmt.Errorf(`%q needs "text"`, a.Do)
	case to.Channel == nil:
		return errors.New("the account has no channel: it has createFinder")
	}
	if a.Do == DoLetter {
		w.postLetter(to, from, a.Text)
		return nil
	}
	mine := w.VideosThat(func(v *Video) bool { return v.Author == to.Channel.Username })
	if len(mine) == 0 {
		return errors.New("the account has published no video: it has publishFinder")
	}
	w.CommentVideo(mine[0], from, a.Text, 0)
	return nil
}

// postLetter posts a private letter to an account.
func (w *World) postLetter(to *Account, from, text string) {
	w.videos.letters++
	w.postChange(to, "", typed{TypeName: "FinderBypMsg", Appid: to.AppID, Wxid: to.Wxid, Data: letter{
		Msg: addMsg{
			MsgID: w.videos.letters, NewMsgID: w.IDs.NewMsgID(), CreateTime: w.Now(), MsgType: message.TypeText, Status: 3, ImgStatus: 1,
			FromUserName: wrapped{w.ChannelName(from)}, ToUserName: wrapped{to.Channel.Username}, Content: wrapped{text},
		},
		SessionID: w.LetterSession(to, from), Seq: w.videos.letters,
	}})
}

// ChannelName returns the name with which a person writes in Channels: that of their channel, or
// one of their WeChat identity.
func (w *World) ChannelName(wxid string) string {
	if a := w.People.ByWxid(wxid); a != nil && a.Channel != nil {
		return a.Channel.Username
	}
	return "fv1_" + w.IDs.Digest("channels", wxid) + "@findermsgstranger"
}

// LetterSession returns the session of the letters between an account and a person.
func (w *World) LetterSession(a *Account, wxid string) string {
	return w.IDs.Digest("letters of "+a.Wxid, wxid) + "@findermsg"
}

// ByChannelName returns the person who writes with a name in Channels; false if there is none.
func (w *World) ByChannelName(name string) (Contact, bool) {
	for _, c := range w.People.everybody() {
		if w.ChannelName(c.Wxid) == name {
			return c, true
		}
	}
	return Contact{}, false
}
