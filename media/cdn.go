package media

import (
	"context"
	"fmt"

	"github.com/hongyan-go/hongyan/xmlmsg"
)

// DownloadCDN downloads an object of the CDN by its key and id, which xmlmsg.Media reads from a
// message. It uses AppID, Key, and the naming and checking options of m. md5 is the expected MD5 in
// hex; empty means that it is not checked.
func (f *Fetcher) DownloadCDN(ctx context.Context, m Message, ref xmlmsg.CDNRef, md5 string) (*File, error) {
	if ref.AESKey == "" || ref.FileID == "" {
		return nil, fmt.Errorf("%w: the CDN key or the CDN id is missing", ErrNotDownloadable)
	}
	if m.Key != "" {
		m.Key += "#" + identity(ref.FileID, ref.Type)
	}
	kinds := map[string]xmlmsg.Kind{
		xmlmsg.CDNOriginal: xmlmsg.KindImage, xmlmsg.CDNNormal: xmlmsg.KindImage, xmlmsg.CDNThumbnail: xmlmsg.KindImage,
		xmlmsg.CDNVideo: xmlmsg.KindVideo,
	}
	kind, ok := kinds[ref.Type]
	if !ok {
		kind = xmlmsg.KindFile
	}
	return f.carryOut(ctx, m, plan{kind: kind, size: ref.Size, ways: []way{downloads{f.config.Client, m}.byRef("cdn", ref, sums(md5))}})
}

// The types of chat record entries that can be downloaded.
const (
	itemImage = 2
	itemVideo = 4
	itemFile  = 8
)

// DownloadItem downloads a picture, video or file from a chat record or note. m is the message that
// contains it.
func (f *Fetcher) DownloadItem(ctx context.Context, m Message, item xmlmsg.RecordItem) (*File, error) {
	types := map[int]string{itemImage: xmlmsg.CDNOriginal, itemVideo: xmlmsg.CDNVideo, itemFile: xmlmsg.CDNFile}
	kind, ok := types[item.DataType]
	if !ok {
		return nil, fmt.Errorf("%w: an entry of type %d", ErrNotDownloadable, item.DataType)
	}
	if m.Name == "" {
		m.Name = withExt(item.Title, item.Ext)
	}
	return f.DownloadCDN(ctx, m,
		xmlmsg.CDNRef{AESKey: item.CDNDataKey, FileID: item.CDNDataURL, Type: kind, Size: item.Size, Suffix: item.Ext}, item.MD5)
}
