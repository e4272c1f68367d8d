package media

import (
	"context"
	"fmt"

	"github.com/hongyan-go/hongyan/xmlmsg"
)

// DownloadCDN downloads an object of the cdn by its key and id, as xmlmsg.Media reads them from a message. Of m, AppID, Key, Name and the other
// wishes count. md5 is what the file must have, in hex; empty means anything.
func (f *Fetcher) DownloadCDN(ctx context.Context, m Message, ref xmlmsg.CDNRef, md5 string) (*File, error) {
	if ref.AESKey == "" || ref.FileID == "" {
		return nil, fmt.Errorf("%w: there is no cdn key or no cdn id", ErrNotDownloadable)
	}
	if m.Key != "" {
		m.Key += "#" + identity(ref.FileID, ref.Type)
	}
	kinds := map[string]xmlmsg.Kind{
		xmlmsg.CDNOriginal: xmlmsg.KindImage, xmlmsg.CDNNormal: xmlmsg.KindImage, xmlmsg.CDNThumbnail: xmlmsg.KindImage, xmlmsg.CDNVideo: xmlmsg.KindVideo,
	}
	kind, ok := kinds[ref.Type]
	if !ok {
		kind = xmlmsg.KindFile
	}
	return f.carryOut(ctx, m, plan{kind: kind, size: ref.Size, ways: []way{downloads{f.config.Client, m}.byRef("cdn", ref, sums(md5))}})
}

// The types of entries that can be downloaded.
const (
	itemImage = 2
	itemVideo = 4
	itemFile  = 8
)

// DownloadItem downloads a picture, a video or a file of a chat record or a note. m is the message that holds the record.
func (f *Fetcher) DownloadItem(ctx context.Context, m Message, item xmlmsg.RecordItem) (*File, error) {
	types := map[int]string{itemImage: xmlmsg.CDNOriginal, itemVideo: xmlmsg.CDNVideo, itemFile: xmlmsg.CDNFile}
	kind, ok := types[item.DataType]
	if !ok {
		return nil, fmt.Errorf("%w: an entry of type %d", ErrNotDownloadable, item.DataType)
	}
	if m.Name == "" {
		m.Name = withExt(item.Title, item.Ext)
	}
	return f.DownloadCDN(ctx, m, xmlmsg.CDNRef{AESKey: item.CDNDataKey, FileID: item.CDNDataURL, Type: kind, Size: item.Size, Suffix: item.Ext}, item.MD5)
}
