// Signs a grant for a room, for an hour: go run grant.go grants.json lobby
package main

import ("crypto/hmac"; "crypto/sha256"; "encoding/base64"; "encoding/json"; "fmt"; "os"; "time")

func main() {
	file, _ := os.ReadFile(os.Args[1])
	var grants struct{ Audience string; Keys []struct{ Kid, Secret string; Origins []string } }
	if err := json.Unmarshal(file, &grants); err != nil { panic(err) }
	key, now := grants.Keys[0], time.Now().Unix()
	encode := base64.RawURLEncoding.EncodeToString
	header, _ := json.Marshal(map[string]any{"alg": "HS256", "typ": "room-grant+jwt", "kid": key.Kid})
	claims, _ := json.Marshal(map[string]any{"aud": grants.Audience, "iat": now, "exp": now + 3600, "name": "Zoë",
		"rooms": []string{os.Args[2]}, "roles": []string{"participant"}, "origins": key.Origins})
	text := encode(header) + "." + encode(claims)
	mac := hmac.New(sha256.New, []byte(key.Secret))
	mac.Write([]byte(text))
	fmt.Println(text + "." + encode(mac.Sum(nil)))
}
