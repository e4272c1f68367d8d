package endpoint

import (
	"cmp"
	"crypto/md5" //nolint:gosec // the format has an md5; nothing is protected by it
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/simulator/internal/message"
	"github.com/hongyan-go/hongyan/simulator/internal/world"
)

// downloadEndpoints are the calls of the module "message" that give links to received files.
func downloadEndpoints() []endpoint {
	return []endpoint{
		{path: "/message/downloadFile", handle: locked(downloadFile)},
		{path: "/message/downloadImage", handle: locked(downloadImage)},
		{path: "/message/downloadVoice", handle: locked(downloadVoice)},
		{path: "/message/downloadVideo", handle: locked(downloadVideo)},
		{path: "/message/downloadEmojiMd5", handle: locked(downloadEmoji)},
		{path: "/message/downloadCdn", blank: "totalSize suffix", handle: locked(downloadCdn)},
	}
}

// fileLink is the answer of most downloads.
type fileLink struct {
	FileURL string `json:"fileUrl"`
}

// link returns the link to the bytes of an object of the cdn, or to bytes that follow from the key.
// The self-hosted container gives a path below that of its files.
func (r *request) link(key, size, extension string) fileLink {
	n, _ := strconv.ParseInt(size, 10, 64) // 0 if it is not a number
	file := r.world.Bodies[key]
	if file == "" {
		file = r.world.IDs.Digest("download", key)
	}
	file += "-" + strconv.FormatInt(world.DownloadSize(n), 10) + "." + world.FileExt(extension)
	if r.flavour.name == gewechat {
		return fileLink{file}
	}
	return fileLink{"http://" + r.host + downloads + file}
}

// isSample reports whether XML is that of the catalogue's examples, whose content is three dots.
func isSample(content string) bool {
	root, err := message.Parse(content)
	return err == nil && len(root.Children) == 0 && strings.TrimSpace(root.Text) == "..."
}

// element returns the element of that name in the XML of the call.
func (r *request) element(name string) (*message.Node, error) {
	if isSample(r.text("xml")) {
		return &message.Node{Attr: map[string]string{"cdnmidimgurl": "sample"}}, nil
	}
	return message.Forwardable(r.text("xml"), name)
}

func downloadFile(r *request) (any, error) {
	app, err := r.element("appmsg")
	if err != nil {
		return nil, err
	}
	attached := app.Child("appattach")
	switch kind := app.AppType(); {
	case kind == message.AppFileNotice:
		return nil, refuse("xml: appmsg type 74 only says that an upload has begun; the file comes later, with type 6")
	case kind != message.AppFile && kind != 0:
		return nil, refuse("xml: a file has appmsg type 6, and this has %d", kind)
	}
	extension := cmp.Or(attached.Value("fileext"), strings.TrimPrefix(path.Ext(app.Value("title")), "."))
	return r.link(cmp.Or(attached.Value("cdnattachurl"), app.Value("md5")), attached.Value("totallen"), extension), nil
}

// downloadImage fails for a size that the image does not have.
func downloadImage(r *request) (any, error) {
	img, err := r.element("img")
	if err != nil {
		return nil, err
	}
	sizes := map[int64][2]string{1: {"cdnbigimgurl", "hdlength"}, 2: {"cdnmidimgurl", "length"}, 3: {"cdnthumburl", "cdnthumblength"}}
	size, known := sizes[r.number("type")]
	if !known {
		return nil, refuse("type: it must be 1 (high definition), 2 (normal) or 3 (thumbnail)")
	}
	key := img.Attr[size[0]]
	if key == "" && !isSample(r.text("xml")) {
		return nil, &refusal{code: "500", numeric: true, msg: "the image has no such size (图片下载失败): it has no " + size[0]}
	}
	if size[0] != "cdnmidimgurl" { // the object has the bytes of the normal size
		key += size[0]
	}
	return r.link(key, img.Attr[size[1]], "jpg"), nil
}

func downloadVoice(r *request) (any, error) {
	voice, err := r.element("voicemsg")
	if err != nil {
		return nil, err
	}
	key := voice.Attr["voiceurl"]
	if r.world.Bodies[key] == "" { // made-up ones differ by the id of the message
		key = "voice" + key + r.text("msgId")
	}
	return r.link(key, voice.Attr["length"], "silk"), nil
}

func downloadVideo(r *request) (any, error) {
	video, err := r.element("videomsg")
	if err != nil {
		return nil, err
	}
	return r.link(video.Attr["cdnvideourl"], video.Attr["length"], "mp4"), nil
}

// downloadEmoji names the link differently from the other downloads, and in GeWe differently again.
func downloadEmoji(r *request) (any, error) {
	link := r.link(r.text("emojiMd5"), "", "png").FileURL
	if r.gewe() {
		return struct {
			URL string `json:"url"`
		}{link}, nil
	}
	return struct {
		URL string `json:"Url"`
	}{link}, nil
}

func downloadCdn(r *request) (any, error) {
	if !slices.Contains([]string{"1", "2", "3", "4", "5"}, r.text("type")) {
		return nil, refuse(`type: it must be "1" to "5"`)
	}
	suffix := cmp.Or(strings.TrimPrefix(r.text("suffix"), "."), "bin")
	return r.link(r.text("fileId"), r.text("totalSize"), suffix), nil
}

// downloads is the prefix of the paths of links.
const downloads = "/download/"

// download serves a link: as many bytes as its name says, the same ones each time.
func (p *API) download(w http.ResponseWriter, r *http.Request) {
	name := path.Base(r.URL.Path)
	key, rest, _ := strings.Cut(name, "-")
	digits, extension, _ := strings.Cut(rest, ".")
	size, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || size < 0 || size > world.MaxDownload || len(key) != 2*md5.Size {
		NotFound(w, r)
		return
	}
	kind, content := p.world.ContentOf(key, extension, size)
	w.Header().Set("Content-Type", kind)
	http.ServeContent(w, r, "", time.Unix(1_750_000_000, 0), content)
}
