package api

import (
	"context"
	"errors"
	"net/http"
)

// FinderPublishRequest publishes a video from public URLs.
type FinderPublishRequest struct {
	FinderIdentity
	VideoURL    string   `json:"videoUrl"`
	ThumbURL    string   `json:"thumbUrl"` // cover
	Description string   `json:"description"`
	Topics      []string `json:"topic,omitzero"`   // each with a leading #
	Width       int      `json:"width,omitzero"`   // pixels; 0 leaves it to the service
	Height      int      `json:"height,omitzero"`  // pixels; 0 leaves it to the service
	PlayLength  int      `json:"playLen,omitzero"` // seconds; 0 leaves it to the service
}

// FinderPublished is a new video.
type FinderPublished struct {
	ID ID `json:"id"` // 0 if the service does not return it
	// Code and Msg are the answer of Channels; GeWe only.
	Code string `json:"code"`
	Msg  string `json:"msg"`
}

// Publish publishes a video in one step. The service downloads it from its public URL. It returns
// ErrNoReason if Channels refuses.
func (s *FinderService) Publish(ctx context.Context, r FinderPublishRequest) (*FinderPublished, error) {
	r.FinderIdentity = r.orChannels()
	return ask[FinderPublished](ctx, s.client, "/finder/publishFinder", media, r,
		r.with(field{"videoUrl", r.VideoURL}, field{"thumbUrl", r.ThumbURL}, field{"description", r.Description})...)
}

// FinderPublishWebRequest publishes a video as the website does.
type FinderPublishWebRequest struct {
	AppID       string     `json:"appId"`
	ProxyIP     string     `json:"proxyIp,omitzero"` // socks5://user:password@host:port, which GeWe documents; empty for none
	Title       string     `json:"title"`
	VideoURL    string     `json:"videoUrl"` // public URL
	ThumbURL    string     `json:"thumbUrl"` // public URL of the cover
	Description string     `json:"description"`
	MyRole      FinderRole `json:"myRoleType,omitzero"` // 0 leaves it to the service, which takes FinderRoleChannels
}

// PublishWeb publishes a video as the website does. Only GeWe returns its id. It returns
// ErrNoReason if Channels refuses.
func (s *FinderService) PublishWeb(ctx context.Context, r FinderPublishWebRequest) (*FinderPublished, error) {
	return ask[FinderPublished](ctx, s.client, "/finder/publishFinderWeb", media, r, field{"appId", r.AppID}, field{"title", r.Title},
		field{"videoUrl", r.VideoURL}, field{"thumbUrl", r.ThumbURL}, field{"description", r.Description})
}

// FinderUploadRequest stores a video for PublishCDN.
type FinderUploadRequest struct {
	AppID    string `json:"appId"`
	ProxyIP  string `json:"proxyIp,omitzero"` // socks5://user:password@host:port, which GeWe documents; empty for none
	VideoURL string `json:"videoUrl"`         // public URL
	CoverURL string `json:"coverImgUrl"`      // public URL
}

// FinderCDNVideo is a video that was stored for PublishCDN. The service does not return Width and
// Height, but PublishCDN requires them: set them first.
type FinderCDNVideo struct {
	FileURL     string `json:"fileUrl"`
	ThumbURL    string `json:"thumbUrl"`
	MP4Identify string `json:"mp4Identify"` // id of the video file
	FileSize    int64  `json:"fileSize"`    // bytes
	ThumbMD5    string `json:"thumbMD5"`
	FileKey     string `json:"fileKey"`                // key of the stored file
	Width       int    `json:"width,string,omitzero"`  // pixels; a string on the wire
	Height      int    `json:"height,string,omitzero"` // pixels; a string on the wire
}

// Ready reports whether the upload is complete.
func (v *FinderCDNVideo) Ready() bool { return v.FileURL != "" && v.FileKey != "" }

// FinderUploaded is the answer of UploadVideo: the video, and the additional fields of GeWe.
type FinderUploaded struct {
	FinderCDNVideo
	FinderPublished
}

// UploadVideo stores a video of up to 30 MB for PublishCDN. It returns when the service has
// downloaded and stored it.
func (s *FinderService) UploadVideo(ctx context.Context, r FinderUploadRequest) (*FinderUploaded, error) {
	return ask[FinderUploaded](ctx, s.client, "/finder/uploadFinderVideo", media, r, r.required()...)
}

func (r FinderUploadRequest) required() []field {
	return []field{{"appId", r.AppID}, {"videoUrl", r.VideoURL}, {"coverImgUrl", r.CoverURL}}
}

// UploadVideoAsync starts to store a larger video, and returns the id of the task for
// QueryVideoAsync.
func (s *FinderService) UploadVideoAsync(ctx context.Context, r FinderUploadRequest) (string, error) {
	const endpoint = "/finder/uploadFinderVideoAsync"
	uuid, err := ask[string](ctx, s.client, endpoint, media, r, r.required()...)
	if err != nil {
		return "", err
	}
	if *uuid == "" {
		return "", &Error{Endpoint: endpoint, Ret: http.StatusOK, executed: ExecutedYes,
			Err: errors.New("api: the answer has no id of the task")}
	}
	return *uuid, nil
}

// QueryVideoAsync returns the state of UploadVideoAsync. The answer for a running upload is
// undocumented: repeat the call after some seconds while [FinderCDNVideo.Ready] is false. It
// returns ErrNoReason if the upload failed.
func (s *FinderService) QueryVideoAsync(ctx context.Context, appID, uuid string) (*FinderCDNVideo, error) {
	return ask[FinderCDNVideo](ctx, s.client, "/finder/queryFinderVideoAsync", query, params{"appId": appID, "uuid": uuid},
		field{"appId", appID}, field{"uuid", uuid})
}

// FinderPublishCDNRequest publishes a video that was stored before.
type FinderPublishCDNRequest struct {
	FinderIdentity
	Topics      []string       `json:"topic"` // each with a leading #
	Description string         `json:"description"`
	Video       FinderCDNVideo `json:"videoCdn"` // from UploadVideo or QueryVideoAsync, with its size in pixels
}

// PublishCDN publishes a video that UploadVideo or UploadVideoAsync has stored. Only GeWe documents
// an answer; elsewhere the id of the video may be 0. It returns ErrNoReason if Channels refuses.
func (s *FinderService) PublishCDN(ctx context.Context, r FinderPublishCDNRequest) (*FinderPublished, error) {
	r.FinderIdentity = r.orChannels()
	return ask[FinderPublished](ctx, s.client, "/finder/publishFinderCdn", media, r, r.with(field{"description", r.Description},
		field{"videoCdn.fileUrl", r.Video.FileURL}, field{"videoCdn.thumbUrl", r.Video.ThumbURL},
		field{"videoCdn.fileKey", r.Video.FileKey},
		number("videoCdn.width", r.Video.Width), number("videoCdn.height", r.Video.Height))...)
}
