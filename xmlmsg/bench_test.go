package xmlmsg_test

import (
	"encoding/xml"
	"strconv"
	"testing"

	"github.com/beevik/etree"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/xmlmsg"
)

// The benchmarks read the same fields of the same messages in three ways: by Parse, by encoding/xml
// into a struct, and by etree with one path per field.

// xmlApp has the fields of xmlmsg.File and xmlmsg.Link for encoding/xml.
type xmlApp struct {
	From    string `xml:"fromusername"`
	Version string `xml:"appinfo>version"`
	AppName string `xml:"appinfo>appname"`
	App     struct {
		ID         string `xml:"appid,attr"`
		Type       string `xml:"type"`
		Title      string `xml:"title"`
		Desc       string `xml:"des"`
		URL        string `xml:"url"`
		ThumbURL   string `xml:"thumburl"`
		Source     string `xml:"sourceusername"`
		SourceName string `xml:"sourcedisplayname"`
		MD5        string `xml:"md5"`
		Attach     struct {
			Size      string `xml:"totallen"`
			ID        string `xml:"attachid"`
			Ext       string `xml:"fileext"`
			CDN       string `xml:"cdnattachurl"`
			AESKey    string `xml:"aeskey"`
			EncryVer  string `xml:"encryver"`
			Overwrite string `xml:"overwrite_newmsgid"`
			Token     string `xml:"fileuploadtoken"`
			FileKey   string `xml:"filekey"`
			Large     string `xml:"islargefilemsg"`
		} `xml:"appattach"`
	} `xml:"appmsg"`
}

// xmlImage has the fields of xmlmsg.Image for encoding/xml.
type xmlImage struct {
	Img struct {
		AESKey      string `xml:"aeskey,attr"`
		EncryVer    string `xml:"encryver,attr"`
		ThumbURL    string `xml:"cdnthumburl,attr"`
		ThumbKey    string `xml:"cdnthumbaeskey,attr"`
		ThumbLength string `xml:"cdnthumblength,attr"`
		ThumbWidth  string `xml:"cdnthumbwidth,attr"`
		ThumbHeight string `xml:"cdnthumbheight,attr"`
		MidURL      string `xml:"cdnmidimgurl,attr"`
		Length      string `xml:"length,attr"`
		BigURL      string `xml:"cdnbigimgurl,attr"`
		HDLength    string `xml:"hdlength,attr"`
		MD5         string `xml:"md5,attr"`
		OriginMD5   string `xml:"originsourcemd5,attr"`
		HEVC        string `xml:"hevc_mid_size,attr"`
	} `xml:"img"`
}

func filePaths() []string {
	return []string{
		"//appmsg/title", "//appmsg/type", "//appmsg/md5", "//appattach/totallen", "//appattach/attachid", "//appattach/fileext",
		"//appattach/cdnattachurl", "//appattach/aeskey", "//appattach/encryver", "//appattach/overwrite_newmsgid",
		"//appattach/fileuploadtoken", "//appattach/filekey", "//appattach/islargefilemsg",
		"./msg/fromusername", "//appinfo/version", "//appinfo/appname",
	}
}

func linkPaths() []string {
	return []string{
		"//appmsg/title", "//appmsg/type", "//appmsg/des", "//appmsg/url", "//appmsg/thumburl", "//appmsg/sourceusername",
		"//appmsg/sourcedisplayname",
		"./msg/fromusername", "//appinfo/version", "//appinfo/appname",
	}
}

func imageAttrs() []string {
	return []string{
		"aeskey", "encryver", "cdnthumburl", "cdnthumbaeskey", "cdnthumblength", "cdnthumbwidth", "cdnthumbheight", "cdnmidimgurl",
		"length", "cdnbigimgurl",
		"hdlength", "md5", "originsourcemd5", "hevc_mid_size",
	}
}

var sink any // keeps the compiler from dropping the work

func benchmarkApp(b *testing.B, name string, paths []string, unmarshal func([]byte) error) {
	content := sample(b, name)
	b.Run("hongyan", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(content)))
		for b.Loop() {
			sink = parseApp(content)
		}
	})
	b.Run("encoding-xml", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(content)))
		for b.Loop() {
			require.NoError(b, unmarshal([]byte(content)))
		}
	})
	b.Run("etree", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(content)))
		for b.Loop() {
			doc := etree.NewDocument()
			require.NoError(b, doc.ReadFromString(content))
			for _, p := range paths {
				if e := doc.FindElement(p); e != nil {
					sink = e.Text()
				}
			}
		}
	})
}

// xmlFinder has the fields of xmlmsg.FinderFeed for encoding/xml.
type xmlFinder struct {
	From string `xml:"fromusername"`
	App  struct {
		Type string `xml:"type"`
		Feed struct {
			ObjectID   string `xml:"objectId"`
			NonceID    string `xml:"objectNonceId"`
			Username   string `xml:"username"`
			Nickname   string `xml:"nickname"`
			Avatar     string `xml:"avatar"`
			Desc       string `xml:"desc"`
			FeedType   string `xml:"feedType"`
			MediaCount string `xml:"mediaCount"`
			Media      []struct {
				Type     string `xml:"mediaType"`
				URL      string `xml:"url"`
				ThumbURL string `xml:"thumbUrl"`
				CoverURL string `xml:"coverUrl"`
				Width    string `xml:"width"`
				Height   string `xml:"height"`
				Duration string `xml:"videoPlayDuration"`
			} `xml:"mediaList>media"`
		} `xml:"finderFeed"`
	} `xml:"appmsg"`
}

func finderPaths() []string {
	return []string{
		"//appmsg/type", "//finderFeed/objectId", "//finderFeed/objectNonceId", "//finderFeed/username", "//finderFeed/nickname",
		"//finderFeed/avatar", "//finderFeed/desc", "//finderFeed/feedType", "//finderFeed/mediaCount", "//media/mediaType", "//media/url",
		"//media/thumbUrl", "//media/coverUrl", "//media/width", "//media/height",
		"//media/videoPlayDuration", "./msg/fromusername",
	}
}

func BenchmarkFinder(b *testing.B) {
	benchmarkApp(b, "finder.xml", finderPaths(), func(text []byte) error {
		var v xmlFinder
		err := xml.Unmarshal(text, &v)
		sink = v
		return err
	})
}

func unmarshalApp(text []byte) error {
	var v xmlApp
	err := xml.Unmarshal(text, &v)
	_, _ = strconv.ParseInt(v.App.Attach.Size, 10, 64)
	sink = v
	return err
}

func BenchmarkFile(b *testing.B) { benchmarkApp(b, "file.xml", filePaths(), unmarshalApp) }
func BenchmarkLink(b *testing.B) { benchmarkApp(b, "link.xml", linkPaths(), unmarshalApp) }

func BenchmarkImage(b *testing.B) {
	content := sample(b, "image.xml")
	b.Run("hongyan", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			sink = xmlmsg.Parse(xmlmsg.Message{Type: 3, Content: content})
		}
	})
	b.Run("encoding-xml", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var v xmlImage
			require.NoError(b, xml.Unmarshal([]byte(content), &v))
			sink = v
		}
	})
	b.Run("etree", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			doc := etree.NewDocument()
			require.NoError(b, doc.ReadFromString(content))
			for _, name := range imageAttrs() {
				sink = doc.FindElement("//img").SelectAttrValue(name, "")
			}
		}
	})
}

func BenchmarkAppType(b *testing.B) {
	content := sample(b, "file.xml")
	b.ReportAllocs()
	for b.Loop() {
		sink = xmlmsg.AppType(content) == 6
	}
}

func BenchmarkText(b *testing.B) {
	m := xmlmsg.Message{Type: 1, Content: "hello",
		Source: "<msgsource>\n\t<silence>1</silence>\n\t<membercount>9</membercount>\n</msgsource>\n"}
	b.ReportAllocs()
	for b.Loop() {
		sink = xmlmsg.Parse(m)
	}
}

func BenchmarkRewrite(b *testing.B) {
	content := sample(b, "file.xml")
	b.ReportAllocs()
	for b.Loop() {
		out, err := xmlmsg.Rewrite(content, xmlmsg.SetTitle("x"))
		require.NoError(b, err)
		sink = out
	}
}
