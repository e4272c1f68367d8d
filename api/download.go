package api

import "context"

// DownloadService turns received media into links. A link is valid for seven days and is fetched
// with GET. A self-hosted container returns a path on its file port instead, without a host. WeChat
// keeps videos and files for about two weeks. Wait some seconds between two calls, and request each
// message once.
type DownloadService struct{ client *Client }

// downloaded is the answer of all download calls. Stickers use another member.
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

// File returns a link to the file of a received message.
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

// Image returns a link to the picture of a received message.
func (s *DownloadService) Image(ctx context.Context, appID, xml string, size ImageSize) (string, error) {
	return s.link(ctx, "/message/downloadImage", params{"appId": appID, "xml": xml, "type": size},
		field{"appId", appID}, field{"xml", xml}, number("type", size))
}

// Voice returns a link to the sound of a received voice message, a SILK file. msgID is the short id
// in the callback, not the NewMsgId.
func (s *DownloadService) Voice(ctx context.Context, appID, xml string, msgID ID) (string, error) {
	return s.link(ctx, "/message/downloadVoice", params{"appId": appID, "xml": xml, "msgId": msgID},
		field{"appId", appID}, field{"xml", xml}, number("msgId", msgID))
}

// Video returns a link to the video of a received message.
func (s *DownloadService) Video(ctx context.Context, appID, xml string) (string, error) {
	return s.link(ctx, "/message/downloadVideo", params{"appId": appID, "xml": xml}, field{"appId", appID}, field{"xml", xml})
}

// Emoji returns a link to a sticker. The link has no useful file name; the sticker is a PNG or a
// GIF.
func (s *DownloadService) Emoji(ctx context.Context, appID, md5 string) (string, error) {
	return s.link(ctx, "/message/downloadEmojiMd5", params{"appId": appID, "emojiMd5": md5}, field{"appId", appID}, field{"emojiMd5", md5})
}

// CDNKind is the kind of a cdn object.
type CDNKind int

// The kinds. If one size of a picture fails, try the others.
const (
	CDNImageHD        CDNKind = 1
	CDNImage          CDNKind = 2
	CDNImageThumbnail CDNKind = 3
	CDNVideo          CDNKind = 4
	CDNFile           CDNKind = 5
)

// CDNRequest identifies a cdn object by its key and id. Both are in the XML of a message, of a
// quoted message and of an entry of a chat record, and in the answers of PostImage and PostVideo.
type CDNRequest struct {
	AppID     string  `json:"appId"`
	AESKey    string  `json:"aesKey"`           // a secret
	FileID    string  `json:"fileId"`           // a secret
	Kind      CDNKind `json:"type,string"`      // a number in Go, a string on the wire
	TotalSize uint64  `json:"totalSize,string"` // bytes
	Suffix    string  `json:"suffix"`           // of the file name, without the dot; used for CDNFile only
}

// CDN returns a link to a cdn object.
func (s *DownloadService) CDN(ctx context.Context, r CDNRequest) (string, error) {
	return s.link(ctx, "/message/downloadCdn", r,
		field{"appId", r.AppID}, field{"aesKey", r.AESKey}, field{"fileId", r.FileID}, number("type", r.Kind))
}
