<?php // Signs a grant for a room, for an hour: php grant.php grants.json lobby
[, $file, $room] = $argv;
['audience' => $audience, 'keys' => [$key]] = json_decode(file_get_contents($file), true);
$encode = fn(string $text): string => rtrim(strtr(base64_encode($text), '+/', '-_'), '=');
$header = ['alg' => 'HS256', 'typ' => 'room-grant+jwt', 'kid' => $key['kid']];
$claims = [
    'aud' => $audience,
    'iat' => time(),
    'exp' => time() + 3600,
    'rooms' => [$room],
    'roles' => ['participant'],
    'origins' => $key['origins'],
    'name' => 'Zoë',
];
$text = $encode(json_encode($header)) . '.' . $encode(json_encode($claims));
echo $text . '.' . $encode(hash_hmac('sha256', $text, $key['secret'], true)), "\n";
