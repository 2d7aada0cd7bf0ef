{{/* What the schema cannot say: values that do not go together. */}}
{{- define "leader-elected-app.check" -}}
{{- if and .Values.leaderService.enabled (not .Values.election.labelLeaderPod) }}
{{- fail "leaderService.enabled is true, but nothing labels the leader's Pod, so the Service would have no endpoint: set election.labelLeaderPod=true as well" }}
{{- end }}
{{- if and .Values.sidecar.enabled (not .Values.sidecar.image) }}
{{- fail "sidecar.image is not set, but sidecar.enabled is true: set it to an image of leader-elector" }}
{{- end }}
{{- if not .Values.port }}
{{- range $what, $wants := dict "probes" .Values.probes.enabled "service" .Values.service.enabled "leaderService" .Values.leaderService.enabled }}
{{- if $wants }}
{{- printf "%s.enabled is true, but port is null, so there is nothing to reach: set port, or %s.enabled=false" $what $what | fail }}
{{- end }}
{{- end }}
{{- if and .Values.podMonitor.enabled (not .Values.sidecar.enabled) }}
{{- fail "podMonitor.enabled is true, but port is null, so there is nothing to scrape: set port, or podMonitor.enabled=false" }}
{{- end }}
{{- end }}
{{- if and .Values.sidecar.enabled .Values.port (eq (int .Values.port) (int .Values.sidecar.port)) }}
{{- printf "sidecar.port is %d, but the app listens there as well: give one of them another port" (int .Values.port) | fail }}
{{- end }}
{{- if .Values.sidecar.enabled }}
{{- range $key := list "retryPeriod" "renewInterval" "stopTimeout" }}
{{- if get $.Values.election $key }}
{{- printf "election.%s is set, but sidecar.enabled is true and the sidecar has no such setting: it takes leaseDuration (--ttl) and renewDeadline alone; leave election.%s out" $key $key | fail }}
{{- end }}
{{- end }}
{{- end }}
{{- range $what, $labels := dict
  "podLabels" .Values.podLabels "commonLabels" .Values.commonLabels "helmTest.podLabels" .Values.helmTest.podLabels
  "podMonitor.labels" .Values.podMonitor.labels "prometheusRule.labels" .Values.prometheusRule.labels "dashboard.labels" .Values.dashboard.labels }}
{{- range $key := list "app.kubernetes.io/name" "app.kubernetes.io/instance" }}
{{- if hasKey ($labels | default dict) $key }}
{{- printf "%s has %s, by which the Deployment knows its Pods: take it out, and use nameOverride for another name" $what $key | fail }}
{{- end }}
{{- end }}
{{- if hasKey ($labels | default dict) "leaseelection.dev/role" }}
{{- printf "%s has leaseelection.dev/role, which says who leads and is set by the leader: take it out, and set election.labelLeaderPod=true if you want it" $what | fail }}
{{- end }}
{{- end }}
{{- range .Values.volumes }}
{{- if has .name (list "tmp" "kube-api-access") }}
{{- printf "volumes has %s, a name that this chart has a volume of its own by: give it another name" .name | fail }}
{{- end }}
{{- end }}
{{- range .Values.volumeMounts }}
{{- $path := trimSuffix "/" (toString .mountPath) }}
{{- if eq $path "/tmp" }}
{{- fail "volumeMounts has /tmp, where this chart mounts an emptyDir: mount it at another path" }}
{{- end }}
{{- if and (eq $path (include "leader-elected-app.tokenPath" $)) (not $.Values.serviceAccount.automount) (not $.Values.sidecar.enabled) }}
{{- printf "volumeMounts has %s, where this chart itself mounts the token with serviceAccount.automount=false: take it and its volume out" $path | fail }}
{{- end }}
{{- end }}
{{- range .Values.env }}
{{- if or (has .name (list "POD_NAME" "POD_NAMESPACE" "DOTNET_shutdownTimeoutSeconds")) (hasPrefix "leaderelection__" (lower .name)) }}
{{- printf "env has %s, which this chart sets itself: use the values under election and shutdown" .name | fail }}
{{- end }}
{{- end }}
{{- end }}
