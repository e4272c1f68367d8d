package xmlmsg

// Music is a song or other audio that was shared from an app (appmsg types 3, 76 and 92). A
// recording of the sender's own voice is a Voice, an audio file a File.
type Music struct {
	Title      string `json:"title"`
	Singer     string `json:"singer"`   // from des
	URL        string `json:"url"`      // page of the song
	DataURL    string `json:"data_url"` // URL of the audio
	CoverURL   string `json:"cover_url"`
	Lyric      string `json:"lyric"`
	PlayerID   string `json:"appid"` // the player's appid
	PlayerName string `json:"app_name"`
	DurationMS int64  `json:"duration_ms"` // milliseconds; 0 if unknown
	Album      string `json:"album"`

	AppInfo
}

// Kind returns KindMusic.
func (*Music) Kind() Kind { return KindMusic }

func parseMusic(app element, info AppInfo) Payload {
	share := app.child("musicShareItem")
	return &Music{
		Title: app.text("title"), Singer: app.text("des"), URL: app.url("url"), DataURL: app.url("dataurl"),
		CoverURL: app.url("songalbumurl"), Lyric: app.text("songlyric"), PlayerID: info.ID, PlayerName: info.Name,
		DurationMS: share.int64("musicDuration"), Album: share.text("mvAlbumName"),
		AppInfo: info,
	}
}
