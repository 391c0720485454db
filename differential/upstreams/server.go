// Go: net/http, routed by its ServeMux.
package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
)

// latin1 makes one character of each byte.
func latin1(text string) string {
	runes := make([]rune, len(text))
	for at := 0; at < len(text); at++ {
		runes[at] = rune(text[at])
	}
	return string(runes)
}

type seen struct {
	Method   string      `json:"method"`
	Target   string      `json:"target"`
	Path     string      `json:"path"`
	Route    string      `json:"route"`
	Fields   [][2]string `json:"fields"`
	Length   int         `json:"length"`
	Sha256   string      `json:"sha256"`
	Complete bool        `json:"complete"`
}

func main() {
	file, err := os.OpenFile(os.Args[2], os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	admin := func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("x-route", "admin") }
	mux.HandleFunc("/admin", admin)
	mux.HandleFunc("/admin/", admin)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("x-route", "other") })
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		recorder := httptest.NewRecorder()
		mux.ServeHTTP(recorder, r)
		route := recorder.Header().Get("x-route")
		if r.URL.Path == "/admin" || strings.HasPrefix(r.URL.Path, "/admin/") {
			route = "admin"
		}
		fields := [][2]string{{"Host", latin1(r.Host)}}
		for name, values := range r.Header {
			for _, value := range values {
				fields = append(fields, [2]string{latin1(name), latin1(value)})
			}
		}
		sum := sha256.Sum256(body)
		line, _ := json.Marshal(seen{latin1(r.Method), latin1(r.RequestURI), latin1(r.URL.Path), route,
			fields, len(body), hex.EncodeToString(sum[:]), err == nil})
		line = append(line, '\n')
		file.Write(line)
		w.Header().Set("content-type", "application/json")
		w.Header().Set("x-seen", "1")
		w.Write(line)
	})
	server := http.Server{Addr: os.Args[1], Handler: handler, MaxHeaderBytes: 1 << 20,
		ErrorLog: log.New(io.Discard, "", 0)}
	log.Fatal(server.ListenAndServe())
}
