package api

import "strconv"

// FinderMedia is a video or a picture of a post. Fields that begin with Full describe the uncropped
// version.
type FinderMedia struct {
	URL               string `json:"Url"` // works only with URLToken appended
	URLToken          string `json:"urlToken"`
	DecodeKey         string `json:"decodeKey"`    // seed for the decryption of the file; a secret
	MediaType         int    `json:"MediaType"`    // 2 picture, 4 video
	PlayLength        int    `json:"VideoPlayLen"` // seconds
	Width             int    `json:"Width"`        // pixels
	Height            int    `json:"Height"`       // pixels
	FileSize          int64  `json:"FileSize"`     // bytes
	MD5               string `json:"Md5Sum"`
	Bitrate           int    `json:"Bitrate"`  // unit undocumented
	ThumbURL          string `json:"ThumbUrl"` // works only with ThumbURLToken appended
	ThumbURLToken     string `json:"thumbUrlToken"`
	CoverURL          string `json:"coverUrl"` // works only with CoverURLToken appended
	CoverURLToken     string `json:"coverUrlToken"`
	FullURL           string `json:"fullUrl"`
	FullThumbURL      string `json:"fullThumbUrl"` // works only with FullThumbURLToken appended
	FullThumbURLToken string `json:"fullThumbUrlToken"`
	FullCoverURL      string `json:"fullCoverUrl"`
	FullWidth         int    `json:"fullWidth"`    // pixels
	FullHeight        int    `json:"fullHeight"`   // pixels
	FullFileSize      int64  `json:"fullFileSize"` // bytes
	FullMD5           string `json:"fullMd5Sum"`
	FullBitrate       int    `json:"fullBitrate"` // unit undocumented
	// Specs are the available encodings.
	Specs []struct {
		FileFormat     string `json:"fileFormat"`     // id of the encoding (presumed)
		FirstLoadBytes int64  `json:"firstLoadBytes"` // bytes needed before playback can start
		BitRate        int    `json:"bitRate"`        // unit undocumented
		CodingFormat   string `json:"codingFormat"`   // h264 or h265

		Extra Extra `json:",embed"`
	} `json:"Spec"`
	// LiveCovers are the covers of a live photo.
	LiveCovers []struct {
		ThumbURL string `json:"ThumbUrl"`
		FileSize int64  `json:"FileSize"` // bytes
		Width    int    `json:"Width"`    // pixels
		Height   int    `json:"Height"`   // pixels
		Bitrate  int    `json:"Bitrate"`  // unit undocumented

		Extra Extra `json:",embed"`
	} `json:"liveCoverImgs"`
	// HalfRect is the cropping (presumed).
	HalfRect struct {
		Left   int `json:"left"`
		Top    int `json:"top"`
		Right  int `json:"right"`
		Bottom int `json:"bottom"`
	} `json:"halfRect"`
	// Scaling holds layout hints.
	Scaling struct {
		Version       string  `json:"version"`
		IsSplitScreen bool    `json:"isSplitScreen"`
		Up            float64 `json:"upPercentPosition"`   // upper edge, 0 to 1
		Down          float64 `json:"downPercentPosition"` // lower edge, 0 to 1

		Extra Extra `json:",embed"`
	} `json:"scalingInfo"`
	// Codec holds undocumented scores of the encodings.
	Codec struct {
		VideoScore        int `json:"videoScore"`
		VideoCoverScore   int `json:"videoCoverScore"`
		VideoAudioScore   int `json:"videoAudioScore"`
		ThumbScore        int `json:"thumbScore"`
		HDImgScore        int `json:"hdimgScore"`
		HasStickers       int `json:"hasStickers"`
		UseAlgorithmCover int `json:"useAlgorithmCover"`

		Extra Extra `json:",embed"`
	} `json:"codecInfo"`

	// Undocumented.
	CardShowStyle     int   `json:"cardShowStyle"`
	DynamicRangeType  int   `json:"dynamicRangeType"`
	VideoType         int   `json:"videoType"`
	HotFlag           int   `json:"hotFlag"`
	DuplicateFileSize int64 `json:"duplicateFileSize"`
	HLSSpec           Extra `json:"hlsSpec"`
	HDRSpec           Extra `json:"hdrSpec"`

	Extra Extra `json:",embed"`
}

// first returns the first of the media.
func (o *FinderObject) first() FinderMedia {
	if len(o.Desc.Media) == 0 {
		return FinderMedia{}
	}
	return o.Desc.Media[0]
}

// Message returns the video as a message. AppID and To must still be set.
func (o *FinderObject) Message() SendFinderMsg {
	m := o.first()
	return SendFinderMsg{
		ID: o.ID, UserName: o.UserName, NickName: o.NickName, HeadURL: o.Contact.HeadURL, NonceID: o.ObjectNonceID,
		MediaType: strconv.Itoa(o.Desc.MediaType), Width: strconv.Itoa(m.Width), Height: strconv.Itoa(m.Height),
		URL: m.URL, ThumbURL: m.ThumbURL, ThumbURLToken: m.ThumbURLToken, Description: o.Desc.Description,
		PlayLength: strconv.Itoa(m.PlayLength),
	}
}

// Moment returns the video as a post of Moments. AppID must still be set.
func (o *FinderObject) Moment() SNSSendFinderRequest {
	m := o.first()
	return SNSSendFinderRequest{
		ID: o.ID, UserName: o.UserName, NickName: o.NickName, HeadURL: o.Contact.HeadURL, NonceID: o.ObjectNonceID,
		MediaType: o.Desc.MediaType, Width: m.Width, Height: m.Height,
		URL: m.URL, ThumbURL: m.ThumbURL, ThumbURLToken: m.ThumbURLToken, Description: o.Desc.Description, PlayLength: m.PlayLength,
	}
}
