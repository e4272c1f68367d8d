package endpoint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hongyan-go/hongyan/simulator/internal/message"
)

// postSnsEndpoints are the calls of the module "sns" that publish posts.
func postSnsEndpoints() []endpoint {
	const audience = "allowWxIds atWxIds disableWxIds "
	return []endpoint{
		{path: "/sns/sendTextSns", handle: locked(sendTextSns)},
		{path: "/sns/sendImgSns", handle: locked(sendImgSns)},
		{path: "/sns/sendVideoSns", handle: locked(sendVideoSns)},
		{path: "/sns/sendUrlSns", blank: "thumbUrl description", handle: locked(sendURLSns)},
		{path: "/sns/sendFinderSns", blank: audience + finderBlanks, handle: nothing(sendFinderSns)},
		{path: "/sns/forwardSns", blank: audience, handle: locked(forwardSns)},
		{path: "/sns/uploadSnsImage", terse: true, handle: locked(uploadSnsImage)},
		{path: "/sns/uploadSnsVideo", handle: locked(uploadSnsVideo)},
	}
}

// postedSns is the answer of most calls that publish.
type postedSns struct {
	ID         uint64 `json:"id"`
	UserName   string `json:"userName"`
	NickName   string `json:"nickName"`
	CreateTime int64  `json:"createTime"`
}

// hasLabel reports whether a friend has a label of the call's list.
func (r *request) hasLabel(wxid, list string) bool {
	for _, label := range r.list(list) {
		if slices.Contains(strings.Split(r.account.LabelList(wxid), ","), label) {
			return true
		}
	}
	return false
}

// audience returns the friends of a list, and those with a label of another list.
func (r *request) audience(people, labels string) []string {
	wxids := r.list(people)
	for _, friend := range r.account.Friends {
		if r.hasLabel(friend, labels) && !slices.Contains(wxids, friend) {
			wxids = append(wxids, friend)
		}
	}
	if len(wxids) == 0 && len(r.list(labels)) > 0 {
		return []string{""} // no friend has the label, which differs from no list
	}
	return wxids
}

// post publishes a post for the audience of the call.
func (r *request) post(text, object string) postedSns {
	m := r.world.AddMoment(r.account.Wxid, text, object)
	m.Private = r.flag("privacy")
	m.Allowed, m.Refused = r.audience("allowWxIds", "allowTagIds"), r.audience("disableWxIds", "disableTagIds")
	return postedSns{m.ID, r.account.Wxid, r.account.Nickname, m.Created}
}

func sendTextSns(r *request) (any, error) { return r.post(r.text("content"), ""), nil }

// maxPictures bounds the pictures of a post.
const maxPictures = 9

func sendImgSns(r *request) (any, error) {
	pictures := objectsOf(r.body["imgInfos"])
	if len(pictures) == 0 || len(pictures) > maxPictures {
		return nil, refuse("imgInfos: a post has one to %d pictures", maxPictures)
	}
	return r.post(r.text("content"), "<contentStyle>1</contentStyle>"+mediaList(2, pictures...)), nil
}

func sendVideoSns(r *request) (any, error) {
	return r.post(r.text("content"), "<contentStyle>15</contentStyle>"+mediaList(6, objectsOf(r.body["videoInfo"])...)), nil
}

// mediaList returns uploads in the XML of a post.
func mediaList(kind int, uploads ...map[string]any) string {
	var b strings.Builder
	b.WriteString("<mediaList>")
	for _, u := range uploads {
		fmt.Fprintf(&b, "<media><type>%d</type><url md5=\"%s\">%s</url><thumb>%s</thumb></media>", kind,
			message.Escape(textOf(u["fileMd5"])),
			message.Escape(textOf(u["fileUrl"])), message.Escape(textOf(u["thumbUrl"])))
	}
	b.WriteString("</mediaList>")
	return b.String()
}

func sendURLSns(r *request) (any, error) {
	return r.post(r.text("content"), fmt.Sprintf("<contentStyle>3</contentStyle><title>%s</title>"+
		"<description>%s</description><contentUrl>%s</contentUrl>%s",
		message.Escape(r.text("title")), message.Escape(r.text("description")), message.Escape(r.text("linkUrl")),
		mediaList(2, map[string]any{"thumbUrl": r.text("thumbUrl")}))), nil
}

func sendFinderSns(r *request) error {
	r.post("", fmt.Sprintf("<contentStyle>28</contentStyle>"+
		"<finderFeed><objectId>%s</objectId><username>%s</username><desc>%s</desc></finderFeed>",
		message.Escape(r.text("id")), message.Escape(r.text("username")), message.Escape(r.text("description"))))
	return nil
}

func forwardSns(r *request) (any, error) {
	object, err := timelineObject(r)
	if err != nil {
		return nil, err
	}
	return r.post(object.Value("contentDesc"), "<contentStyle>2</contentStyle>"), nil
}

// upload is the answer of an upload, which a later post needs.
type upload struct {
	FileURL  string `json:"fileUrl"`
	ThumbURL string `json:"thumbUrl"`
	FileMD5  string `json:"fileMd5"`
	Length   int    `json:"length"`
	Width    int    `json:"width,omitempty"`  // of pictures, in GeWe
	Height   int    `json:"height,omitempty"` //
}

func (r *request) upload(url, thumb, extension string) upload {
	return upload{
		FileURL: r.link(url, "", extension).FileURL, ThumbURL: r.link(thumb, "", "jpg").FileURL, FileMD5: r.world.IDs.Digest(url),
		Length: message.MediaLength,
	}
}

func uploadSnsImage(r *request) (any, error) {
	urls := r.list("imgUrls")
	if len(urls) > maxPictures {
		return nil, refuse("imgUrls: a post has one to %d pictures", maxPictures)
	}
	var uploads []upload
	for _, url := range urls {
		u := r.upload(url, url, "jpg")
		if r.gewe() {
			u.Width, u.Height = pictureWidth, pictureHeight
		}
		uploads = append(uploads, u)
	}
	return uploads, nil
}

// The size that answers give for pictures, in pixels.
const (
	pictureWidth  = 640
	pictureHeight = 480
)

func uploadSnsVideo(r *request) (any, error) {
	return r.upload(r.text("videoUrl"), r.text("thumbUrl"), "mp4"), nil
}
