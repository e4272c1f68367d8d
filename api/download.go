package api

import "context"

// DownloadService turns received media into links. A link lives seven days and is fetched with GET; from a self-hosted container it is a
// path on the container's file port, without a host. WeChat keeps videos and files for about two weeks. Rest some seconds
// between two calls, and ask for each message once.
type DownloadService struct{ client *Client }

// downloaded is the answer of all download calls. Stickers come under another name.
type downloaded struct {
	FileURL string `json:"fileUrl"`
	URL     string `json:"url"`
}

func (s *DownloadService) link(ctx context.Context, endpoint string, body any, fields ...field) (string, error) {
	answer, err := ask[downloaded](ctx, s.client, endpoint, media, body, fields...)
	switch {
	case err != nil:
		return "", err
	case answer.FileURL != "":
		return answer.FileURL, nil
	}
	return answer.URL, nil
}

// File is a link to the file of a received message.
func (s *DownloadService) File(ctx context.Context, appID, xml string) (string, error) {
	return s.link(ctx, "/message/downloadFile", params{"appId": appID, "xml": xml}, field{"appId", appID}, field{"xml", xml})
}

// ImageSize is one of the sizes of a picture.
type ImageSize int

// The sizes. Few pictures exist in all of them: if one fails, try the others.
const (
	ImageHD        ImageSize = 1
	ImageNormal    ImageSize = 2
	ImageThumbnail ImageSize = 3
)

// Image is a link to the picture of a received message.
func (s *DownloadService) Image(ctx context.Context, appID, xml string, size ImageSize) (string, error) {
	return s.link(ctx, "/message/downloadImage", params{"appId": appID, "xml": xml, "type": size},
		field{"appId", appID}, field{"xml", xml}, number("type", size))
}

// Voice is a link to the voice of a received message, a SILK file. msgID is the short id of the callback, not the NewMsgId.
func (s *DownloadService) Voice(ctx context.Context, appID, xml string, msgID ID) (string, error) {
	return s.link(ctx, "/message/downloadVoice", params{"appId": appID, "xml": xml, "msgId": msgID},
		field{"appId", appID}, field{"xml", xml}, number("msgId", msgID))
}

// Video is a link to the video of a received message.
func (s *DownloadService) Video(ctx context.Context, appID, xml string) (string, error) {
	return s.link(ctx, "/message/downloadVideo", params{"appId": appID, "xml": xml}, field{"appId", appID}, field{"xml", xml})
}

// Emoji is a link to a sticker. It has no usable file name: the sticker is a PNG or a GIF.
func (s *DownloadService) Emoji(ctx context.Context, appID, md5 string) (string, error) {
	return s.link(ctx, "/message/downloadEmojiMd5", params{"appId": appID, "emojiMd5": md5}, field{"appId", appID}, field{"emojiMd5", md5})
}

// CDNKind is what a cdn object is.
type CDNKind int

// The kinds. If one of the pictures fails, try the others.
const (
	CDNImageHD        CDNKind = 1
	CDNImage          CDNKind = 2
	CDNImageThumbnail CDNKind = 3
	CDNVideo          CDNKind = 4
	CDNFile           CDNKind = 5
)

// CDNRequest is a cdn object by its key and id. They are in the XML of a message, also of a quoted one or one in a chat record, and
// in the answers of PostImage and PostVideo.
type CDNRequest struct {
	AppID     string  `json:"appId"`
	AESKey    string  `json:"aesKey"`           // a secret
	FileID    string  `json:"fileId"`           // a secret
	Kind      CDNKind `json:"type,string"`      // a number in Go, a string here on the wire
	TotalSize uint64  `json:"totalSize,string"` // bytes
	Suffix    string  `json:"suffix"`           // of the file name, without the dot; matters for CDNFile only
}

// CDN is a link to a cdn object.
func (s *DownloadService) CDN(ctx context.Context, r CDNRequest) (string, error) {
	return s.link(ctx, "/message/downloadCdn", r,
		field{"appId", r.AppID}, field{"aesKey", r.AESKey}, field{"fileId", r.FileID}, number("type", r.Kind))
}
