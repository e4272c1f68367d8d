package simulator

import (
	"fmt"
	"strings"
)

// postSnsEndpoints are the calls of the module "sns" that post something.
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

// postedSns is the answer of most calls that post.
type postedSns struct {
	ID         uint64 `json:"id"`
	UserName   string `json:"userName"`
	NickName   string `json:"nickName"`
	CreateTime int64  `json:"createTime"`
}

// post publishes a post for those whom the call names.
func (r *request) post(text, object string) postedSns {
	m := r.sim.addMoment(r.account.Wxid, text, object)
	m.private, m.allowed, m.refused = r.flag("privacy"), r.list("allowWxIds"), r.list("disableWxIds")
	return postedSns{m.id, r.account.Wxid, r.account.Nickname, m.created}
}

func sendTextSns(r *request) (any, error) { return r.post(r.text("content"), ""), nil }

// maxPictures is how many pictures a post can have.
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

// mediaList is what was uploaded before, in the XML of a post.
func mediaList(kind int, uploads ...map[string]any) string {
	var b strings.Builder
	b.WriteString("<mediaList>")
	for _, u := range uploads {
		fmt.Fprintf(&b, "<media><type>%d</type><url md5=\"%s\">%s</url><thumb>%s</thumb></media>", kind, esc(textOf(u["fileMd5"])),
			esc(textOf(u["fileUrl"])), esc(textOf(u["thumbUrl"])))
	}
	b.WriteString("</mediaList>")
	return b.String()
}

func sendURLSns(r *request) (any, error) {
	return r.post(r.text("content"), fmt.Sprintf("<contentStyle>3</contentStyle><title>%s</title><description>%s</description><contentUrl>%s</contentUrl>%s",
		esc(r.text("title")), esc(r.text("description")), esc(r.text("linkUrl")), mediaList(2, map[string]any{"thumbUrl": r.text("thumbUrl")}))), nil
}

func sendFinderSns(r *request) error {
	r.post("", fmt.Sprintf("<contentStyle>28</contentStyle><finderFeed><objectId>%s</objectId><username>%s</username><desc>%s</desc></finderFeed>",
		esc(r.text("id")), esc(r.text("username")), esc(r.text("description"))))
	return nil
}

func forwardSns(r *request) (any, error) {
	object, err := timelineObject(r)
	if err != nil {
		return nil, err
	}
	return r.post(object.value("contentDesc"), "<contentStyle>2</contentStyle>"), nil
}

// upload is what an upload gives back, for the post that follows.
type upload struct {
	FileURL  string `json:"fileUrl"`
	ThumbURL string `json:"thumbUrl"`
	FileMD5  string `json:"fileMd5"`
	Length   int    `json:"length"`
}

func (r *request) upload(url, thumb, extension string) upload {
	return upload{r.link(url, "", extension).FileURL, r.link(thumb, "", "jpg").FileURL, r.sim.ids.digest(url), mediaLength}
}

func uploadSnsImage(r *request) (any, error) {
	urls := r.list("imgUrls")
	if len(urls) > maxPictures {
		return nil, refuse("imgUrls: a post has one to %d pictures", maxPictures)
	}
	var uploads []upload
	for _, url := range urls {
		uploads = append(uploads, r.upload(url, url, "jpg"))
	}
	return uploads, nil
}

func uploadSnsVideo(r *request) (any, error) {
	return r.upload(r.text("videoUrl"), r.text("thumbUrl"), "mp4"), nil
}
