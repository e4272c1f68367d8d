package api

import "context"

// SNSAudience selects who may see a post and who is notified. The zero value shows it to all
// friends.
type SNSAudience struct {
	Allow    []string `json:"allowWxIds"`   // only these wxids may see it; empty means all friends
	Notify   []string `json:"atWxIds"`      // these wxids are notified
	Disallow []string `json:"disableWxIds"` // these wxids must not see it
	// AllowLabels and DisallowLabels are ids of labels: only friends with one of them may see the
	// post, or must not see it. Only GeWe documents them.
	AllowLabels    []string `json:"allowTagIds,omitempty"`
	DisallowLabels []string `json:"disableTagIds,omitempty"`
}

// SNSPublished is a new post.
type SNSPublished struct {
	ID         ID     `json:"id"`
	UserName   string `json:"userName"` // wxid of the author
	NickName   string `json:"nickName"`
	CreateTime int64  `json:"createTime"` // Unix seconds
}

// SNSSendTextRequest is a post of text.
type SNSSendTextRequest struct {
	AppID string `json:"appId"`
	SNSAudience
	Private bool   `json:"privacy"` // visible only to the account's owner
	Content string `json:"content"`
}

// SendText publishes a post of text.
func (s *SNSService) SendText(ctx context.Context, r SNSSendTextRequest) (*SNSPublished, error) {
	return ask[SNSPublished](ctx, s.client, "/sns/sendTextSns", send, r, field{"appId", r.AppID}, field{"content", r.Content})
}

// UploadedMedia is a picture or a video that UploadImage or UploadVideo has stored for a post.
type UploadedMedia struct {
	FileURL  string `json:"fileUrl"`
	ThumbURL string `json:"thumbUrl"`
	FileMD5  string `json:"fileMd5"`
	Length   int64  `json:"length"`          // bytes
	Width    int    `json:"width,omitzero"`  // pixels; only GeWe returns it, for pictures; 0 elsewhere
	Height   int    `json:"height,omitzero"` // pixels
}

// UploadImage stores pictures for SendImage. The service downloads them from their public URLs. The
// maximum number is undocumented; ten are known to work. It refuses an empty list.
func (s *SNSService) UploadImage(ctx context.Context, appID string, imageURLs ...string) ([]UploadedMedia, error) {
	images, err := ask[[]UploadedMedia](ctx, s.client, "/sns/uploadSnsImage", media, params{"appId": appID, "imgUrls": imageURLs},
		field{"appId", appID}, list("imgUrls", imageURLs))
	if err != nil {
		return nil, err
	}
	return *images, nil
}

// SNSSendImageRequest is a post of pictures.
type SNSSendImageRequest struct {
	AppID string `json:"appId"`
	SNSAudience
	Private bool            `json:"privacy"`  // visible only to the account's owner
	Content string          `json:"content"`  // text above the pictures; may be empty
	Images  []UploadedMedia `json:"imgInfos"` // from UploadImage
}

// SendImage publishes a post of pictures, the second step after UploadImage.
func (s *SNSService) SendImage(ctx context.Context, r SNSSendImageRequest) (*SNSPublished, error) {
	var image UploadedMedia
	if len(r.Images) > 0 {
		image = r.Images[0]
	}
	return ask[SNSPublished](ctx, s.client, "/sns/sendImgSns", send, r, field{"appId", r.AppID}, field{"imgInfos", image.FileURL})
}

// UploadVideo stores a video for SendVideo. The service downloads it and its cover from their
// public URLs.
func (s *SNSService) UploadVideo(ctx context.Context, appID, videoURL, thumbURL string) (*UploadedMedia, error) {
	return ask[UploadedMedia](ctx, s.client, "/sns/uploadSnsVideo", media,
		params{"appId": appID, "videoUrl": videoURL, "thumbUrl": thumbURL},
		field{"appId", appID}, field{"thumbUrl", thumbURL}, field{"videoUrl", videoURL})
}

// SNSSendVideoRequest is a post of a video.
type SNSSendVideoRequest struct {
	AppID string `json:"appId"`
	SNSAudience
	Private bool          `json:"privacy"`   // visible only to the account's owner
	Content string        `json:"content"`   // text above the video; may be empty
	Video   UploadedMedia `json:"videoInfo"` // from UploadVideo
}

// SendVideo publishes a post of a video, the second step after UploadVideo.
func (s *SNSService) SendVideo(ctx context.Context, r SNSSendVideoRequest) (*SNSPublished, error) {
	return ask[SNSPublished](ctx, s.client, "/sns/sendVideoSns", send, r, field{"appId", r.AppID}, field{"videoInfo", r.Video.FileURL})
}

// SNSSendURLRequest is a post of a link.
type SNSSendURLRequest struct {
	AppID string `json:"appId"`
	SNSAudience
	Private     bool   `json:"privacy"`  // visible only to the account's owner
	Content     string `json:"content"`  // text above the link; may be empty
	ThumbURL    string `json:"thumbUrl"` // public URL of the thumbnail
	LinkURL     string `json:"linkUrl"`  // target of the link
	Title       string `json:"title"`
	Description string `json:"description"`
}

// SendURL publishes a post of a link.
func (s *SNSService) SendURL(ctx context.Context, r SNSSendURLRequest) (*SNSPublished, error) {
	return ask[SNSPublished](ctx, s.client, "/sns/sendUrlSns", media, r, field{"appId", r.AppID}, field{"thumbUrl", r.ThumbURL},
		field{"linkUrl", r.LinkURL}, field{"title", r.Title}, field{"description", r.Description})
}

// SNSForwardRequest is a repost.
type SNSForwardRequest struct {
	AppID string `json:"appId"`
	SNSAudience
	Private bool   `json:"privacy"` // visible only to the account's owner
	XML     string `json:"snsXml"`  // XML of an SNSItem
}

// Forward reposts a post by its XML.
func (s *SNSService) Forward(ctx context.Context, r SNSForwardRequest) (*SNSPublished, error) {
	return ask[SNSPublished](ctx, s.client, "/sns/forwardSns", send, r, field{"appId", r.AppID}, field{"snsXml", r.XML})
}

// SNSSendFinderRequest is a post of a Channels video. All values but the audience come from a video
// of the Channels calls; [FinderObject.Moment] fills them in.
type SNSSendFinderRequest struct {
	AppID string `json:"appId"`
	SNSAudience
	ID            ID     `json:"id"`                  // id of the video
	UserName      string `json:"username"`            // Channels username of the publisher
	NickName      string `json:"nickname"`            // name of the publisher
	HeadURL       string `json:"headUrl"`             // avatar of the publisher
	NonceID       string `json:"nonceId"`             // objectNonceId of the video
	MediaType     int    `json:"mediaType,string"`    // of the video; a string on the wire
	Width         int    `json:"width,string"`        // pixels; a string on the wire
	Height        int    `json:"height,string"`       // pixels; a string on the wire
	URL           string `json:"url"`                 // URL of the media
	ThumbURL      string `json:"thumbUrl"`            // ThumbURL of the media
	ThumbURLToken string `json:"thumbUrlToken"`       // of the media
	Description   string `json:"description"`         // of the video
	PlayLength    int    `json:"videoPlayLen,string"` // seconds; a string on the wire
}

// SendFinder publishes a post of a Channels video. The service does not return the id of the post.
func (s *SNSService) SendFinder(ctx context.Context, r SNSSendFinderRequest) error {
	return s.client.do(ctx, "/sns/sendFinderSns", send, r, field{"appId", r.AppID}, number("id", r.ID), field{"username", r.UserName},
		field{"nickname", r.NickName}, field{"nonceId", r.NonceID}, field{"url", r.URL}, field{"thumbUrl", r.ThumbURL})
}
