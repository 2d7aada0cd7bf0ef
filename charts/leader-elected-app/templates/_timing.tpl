{{- define "leader-elected-app.presets" -}}
fast: {leaseDuration: "00:00:10", renewDeadline: "00:00:08", retryPeriod: "00:00:02"}
standard: {leaseDuration: "00:00:15", renewDeadline: "00:00:10", retryPeriod: "00:00:02"}
tolerant: {leaseDuration: "00:00:30", renewDeadline: "00:00:20", retryPeriod: "00:00:05"}
singleNode: {leaseDuration: "00:02:17", renewDeadline: "00:01:47", retryPeriod: "00:00:26"}
custom: {}
{{- end }}

{{/*
The timings in milliseconds, as a YAML table, checked by the rules that the library checks when it starts: a mistake is told here and
not by a rollout whose Pods do not come up. With the sidecar those that it has flags for: its RetryPeriod follows from them, a fifth of --ttl
but at most --renew-deadline, so that no rule is left for it, and leader-elected-app.check refuses the others.
*/}}
{{- define "leader-elected-app.timings" -}}
{{- $presets := include "leader-elected-app.presets" . | fromYaml }}
{{- $election := .Values.election }}
{{- $preset := get $presets $election.timing }}
{{- $texts := dict }}
{{- $required := list "leaseDuration" "renewDeadline" "retryPeriod" }}
{{- $optional := list "renewInterval" "stopTimeout" }}
{{- $all := "all of leaseDuration, renewDeadline and retryPeriod" }}
{{- if .Values.sidecar.enabled }}
{{- $required = list "leaseDuration" "renewDeadline" }}
{{- $optional = list }}
{{- $all = "both leaseDuration and renewDeadline" }}
{{- end }}
{{- range $key := $required }}
{{- $text := default (get $preset $key) (get $election $key) }}
{{- if not $text }}
{{- printf "election.%s is not set, but election.timing=custom has no default for it: write %s, or take the timing fast, standard, tolerant or singleNode" $key $all | fail }}
{{- end }}
{{- $_ := set $texts $key $text }}
{{- end }}
{{- range $key := $optional }}
{{- with get $election $key }}{{ $_ := set $texts $key . }}{{ end }}
{{- end }}
{{- $ms := dict }}
{{- range $key, $text := $texts }}
{{- $_ := set $ms $key (include "leader-elected-app.milliseconds" $text | int) }}
{{- end }}
{{- include "leader-elected-app.checkTimings" (dict "texts" $texts "ms" $ms) }}
{{- dict "texts" $texts "ms" $ms | toYaml }}
{{- end }}

{{/* Of "hours:minutes:seconds", with up to three decimals. */}}
{{- define "leader-elected-app.milliseconds" -}}
{{- $parts := splitList ":" . }}
{{- $seconds := splitList "." (index $parts 2) }}
{{- $fraction := "000" }}
{{- if gt (len $seconds) 1 }}{{ $fraction = printf "%s000" (index $seconds 1) | trunc 3 }}{{ end }}
{{- add (mul (atoi (index $parts 0)) 3600000) (mul (atoi (index $parts 1)) 60000) (mul (atoi (index $seconds 0)) 1000) (atoi $fraction) }}
{{- end }}

{{- define "leader-elected-app.checkTimings" -}}
{{- $lease := int .ms.leaseDuration }}
{{- $deadline := int .ms.renewDeadline }}
{{- if or (lt $lease 1000) (gt $lease 3600000) (mod $lease 1000) }}
{{- printf "election.leaseDuration is %s, but must be whole seconds from 00:00:01 to 01:00:00: write for example \"00:00:15\"" .texts.leaseDuration | fail }}
{{- end }}
{{- if or (lt $deadline 200) (ge $deadline $lease) }}
{{- printf "election.renewDeadline is %s, but must be at least 00:00:00.2 and less than leaseDuration (%s): the difference is the time in which work stops before another replica may start it; write for example two thirds of leaseDuration" .texts.renewDeadline .texts.leaseDuration | fail }}
{{- end }}
{{- if hasKey .ms "retryPeriod" }}
{{- $retry := int .ms.retryPeriod }}
{{- if or (lt $retry 1) (gt $retry $deadline) }}
{{- printf "election.retryPeriod is %s, but must be longer than zero and at most renewDeadline (%s): write for example \"00:00:02\"" .texts.retryPeriod .texts.renewDeadline | fail }}
{{- end }}
{{- end }}
{{- if hasKey .ms "renewInterval" }}
{{- $interval := int .ms.renewInterval }}
{{- if or (lt $interval 100) (gt (mul 2 $interval) $deadline) }}
{{- printf "election.renewInterval is %s, but must be at least 00:00:00.1 and at most half of renewDeadline (%s), so that two attempts fit: write less, or leave it out for the default" .texts.renewInterval .texts.renewDeadline | fail }}
{{- end }}
{{- end }}
{{- if hasKey .ms "stopTimeout" }}
{{- $stop := int .ms.stopTimeout }}
{{- if or (lt $stop 1) (gt $stop (sub $lease $deadline)) }}
{{- printf "election.stopTimeout is %s, but must be longer than zero and at most leaseDuration (%s) - renewDeadline (%s), after which another replica may lead: write less, or leave it out for all of it" .texts.stopTimeout .texts.leaseDuration .texts.renewDeadline | fail }}
{{- end }}
{{- end }}
{{- end }}
