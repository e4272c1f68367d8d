package texts

import "github.com/hongyan-go/hongyan/internal/lang"

// modelsTexts are texts of the models that plugins share, and of old keys.
func modelsTexts() lang.Phrases {
	return lang.Phrases{
		"%s:%d: %s: %s is called %s now, and the next version will not know the old word": "%s:%d：%s: %s 现在叫 %s，下一版不再认旧词",
		"%s:%d: the key %s is old, and the next version will not know it: write %s":       "%s:%d：键 %s 是旧写法，下一版不再认：请改成 %s",
	}
}
