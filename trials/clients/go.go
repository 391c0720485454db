// Cases for Go's HTTP/2 client over TLS: prints one JSON object per case. go run go.go PORT
package main

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"
)

type reply struct {
	status   int
	header   http.Header
	trailer  http.Header
	size     int
	protocol int
}

func ask(client *http.Client, method, do string, body []byte, large int) (reply, error) {
	var reader io.Reader
	if body != nil {
		reader = bytes.NewReader(body)
	}
	request, err := http.NewRequest(method, "https://127.0.0.1:"+os.Args[1]+"/a", reader)
	if err != nil {
		return reply{}, err
	}
	if do != "" {
		request.Header.Set("x-do", do)
	}
	if do == "trailers" {
		request.Header.Set("te", "trailers")
	}
	if large > 0 {
		request.Header.Set("x-large", strings.Repeat("v", large))
	}
	if body != nil {
		request.Header.Set("content-type", "application/octet-stream")
	}
	got, err := client.Do(request)
	if err != nil {
		return reply{}, err
	}
	defer got.Body.Close()
	data, err := io.ReadAll(got.Body)
	return reply{got.StatusCode, got.Header, got.Trailer, len(data), got.ProtoMajor}, err
}

func tell(name string, ok bool, err error) {
	seen := ""
	if err != nil {
		seen = err.Error()
	}
	line, _ := json.Marshal(map[string]any{"case": name, "ok": ok && err == nil, "seen": seen})
	fmt.Println(string(line))
}

func main() {
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true}
	client := &http.Client{Transport: transport, Timeout: 20 * time.Second}
	it, err := ask(client, "GET", "", nil, 0)
	tell("GET", it.status == 200 && it.protocol == 2, err)
	it, err = ask(client, "POST", "", bytes.Repeat([]byte{0x80}, 1<<20), 0)
	tell("POST 1 MiB", it.status == 200 && it.header.Get("x-read") == "1048576", err)
	var wait sync.WaitGroup
	var lock sync.Mutex
	good := 0
	for i := 0; i < 100; i++ {
		wait.Add(1)
		go func() {
			defer wait.Done()
			it, err := ask(client, "GET", "wait=200", nil, 0)
			if err == nil && it.status == 200 {
				lock.Lock()
				good++
				lock.Unlock()
			}
		}()
	}
	wait.Wait()
	tell("100 streams", good == 100, nil)
	it, err = ask(client, "GET", "trailers", nil, 0)
	tell("trailers", it.trailer.Get("x-sum") == "7", err)
	it, err = ask(client, "HEAD", "", nil, 0)
	tell("HEAD", it.status == 200 && it.size == 0, err)
	it, err = ask(client, "GET", "empty", nil, 0)
	tell("204", it.status == 204 && it.size == 0, err)
	it, err = ask(client, "GET", "fields=100", nil, 20000)
	tell("large headers", it.status == 200 && len(it.header.Get("x-f99")) == 100, err)
	it, err = ask(client, "GET", "big=10000000", nil, 0)
	tell("10 MB", it.size == 10000000, err)
	if _, err = ask(client, "GET", "", nil, 0); err == nil {
		fmt.Println(`{"ready": true}`)
	}
	it, err = ask(client, "GET", "wait=1500", nil, 0)
	tell("GOAWAY on stop", it.status == 200, err)
}
