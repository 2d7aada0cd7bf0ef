{{/* Names. Everything that must agree on a name takes it from here. */}}
{{- define "leader-elected-app.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "leader-elected-app.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride }}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else if contains $name .Release.Name }}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{/* A further object of the same kind: the suffix must survive names of 63 characters. */}}
{{- define "leader-elected-app.leaderServiceName" -}}
{{- printf "%s-leader" (include "leader-elected-app.fullname" . | trunc 56 | trimSuffix "-") }}
{{- end }}

{{- define "leader-elected-app.leaseName" -}}
{{- default (include "leader-elected-app.fullname" .) .Values.election.leaseName }}
{{- end }}

{{- define "leader-elected-app.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "leader-elected-app.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- required "serviceAccount.name is not set, but the chart is told to make none: name the service account that is there, or set serviceAccount.create=true" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "leader-elected-app.image" -}}
{{- $repository := required "image.repository is not set, but there is nothing to run without it: set it to the image of your app, as in --set image.repository=ghcr.io/me/my-app" .Values.image.repository }}
{{- if .Values.image.digest }}
{{- printf "%s@%s" $repository .Values.image.digest }}
{{- else }}
{{- printf "%s:%s" $repository (include "leader-elected-app.tag" .) }}
{{- end }}
{{- end }}

{{/* A whole number on the command line is still the digits that were written. From a file it is a floating-point number by now: 1.10 is 1.1, and 20261127 is 2.0261127e+07. */}}
{{- define "leader-elected-app.tag" -}}
{{- $tag := .Values.image.tag }}
{{- if kindIs "int64" $tag }}
{{- $tag }}
{{- else if or (kindIs "string" $tag) (kindIs "invalid" $tag) }}
{{- default .Chart.AppVersion $tag }}
{{- else }}
{{- printf "image.tag is %v, which helm has read as a %s, so it may not be what you wrote: put it in quotes, as in tag: \"1.10\", or write --set-string image.tag=1.10 on the command line" $tag (ternary "boolean" "number" (kindIs "bool" $tag)) | fail }}
{{- end }}
{{- end }}

{{/* Labels. The selector is immutable: name and instance, and nothing else. */}}
{{- define "leader-elected-app.selectorLabels" -}}
app.kubernetes.io/name: {{ include "leader-elected-app.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{/*
(dict "root" . "more" labels of this object alone "selector" those that are not to be overwritten, if they are not the selector's).
Each once, or the YAML would have a key twice, of which some tools take the first, some the last, and some none.
*/}}
{{- define "leader-elected-app.labels" -}}
{{- $labels := dict
  "helm.sh/chart" (printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-")
  "app.kubernetes.io/version" (include "leader-elected-app.tag" .root | trunc 63 | trimAll "-_.")
  "app.kubernetes.io/managed-by" .root.Release.Service }}
{{- $selector := default (include "leader-elected-app.selectorLabels" .root | fromYaml) .selector }}
{{- mergeOverwrite $labels (.root.Values.commonLabels | default dict) (.more | default dict) $selector | toYaml }}
{{- end }}

{{- define "leader-elected-app.metadata" -}}
name: {{ include "leader-elected-app.fullname" . | quote }}
namespace: {{ .Release.Namespace | quote }}
labels:
  {{- include "leader-elected-app.labels" (dict "root" .) | nindent 2 }}
{{- end }}

{{/* Whether the app makes the Lease: if the chart does not. */}}
{{- define "leader-elected-app.mayCreateLease" -}}
{{- if kindIs "invalid" .Values.rbac.createLease | ternary (not .Values.lease.create) .Values.rbac.createLease }}true{{ end }}
{{- end }}

{{/* Whether replicas know of each other: partitions are shared out among those that are there. */}}
{{- define "leader-elected-app.hasMembers" -}}
{{- if or .Values.members.enabled .Values.partitions.count }}true{{ end }}
{{- end }}

{{/* What the library labels the Leases of one election with: a label's value has 63 characters, a Lease's name up to 253. */}}
{{- define "leader-elected-app.group" -}}
{{- $name := include "leader-elected-app.leaseName" . }}
{{- if le (len $name) 63 }}
{{- $name }}
{{- else }}
{{- printf "%s-%s" ($name | trunc 54 | trimAll ".-") (sha256sum $name | trunc 8) }}
{{- end }}
{{- end }}

{{/* Where metrics come from, and what the probes ask: the sidecar, if it elects. */}}
{{- define "leader-elected-app.metricsPort" -}}
{{- ternary "elector" "http" .Values.sidecar.enabled }}
{{- end }}

{{/*
What differs between Kubernetes versions, by .Capabilities.KubeVersion alone: `helm template` knows the version it is told,
but takes every API of its own client for one that is served.
*/}}
{{- define "leader-elected-app.kubeIs" -}}
{{- if semverCompare (printf ">=%s-0" .since) .root.Capabilities.KubeVersion.Version }}true{{ end }}
{{- end }}

{{- define "leader-elected-app.policyApi" -}}
{{- if include "leader-elected-app.kubeIs" (dict "since" "1.21" "root" .) }}policy/v1{{ else }}policy/v1beta1{{ end }}
{{- end }}

{{- define "leader-elected-app.flowcontrolApi" -}}
{{- if include "leader-elected-app.kubeIs" (dict "since" "1.29" "root" .) -}}
flowcontrol.apiserver.k8s.io/v1
{{- else if include "leader-elected-app.kubeIs" (dict "since" "1.26" "root" .) -}}
flowcontrol.apiserver.k8s.io/v1beta3
{{- else if include "leader-elected-app.kubeIs" (dict "since" "1.23" "root" .) -}}
flowcontrol.apiserver.k8s.io/v1beta2
{{- else -}}
flowcontrol.apiserver.k8s.io/v1beta1
{{- end }}
{{- end }}

{{/* A container that starts before the app and is asked to stop after it. */}}
{{- define "leader-elected-app.hasNativeSidecars" -}}
{{- include "leader-elected-app.kubeIs" (dict "since" "1.29" "root" .) }}
{{- end }}

{{/* A pause without a program in the image: chiselled images have no `sleep`. */}}
{{- define "leader-elected-app.preStop" -}}
{{- if include "leader-elected-app.kubeIs" (dict "since" "1.30" "root" .) -}}
sleep:
  seconds: {{ .Values.shutdown.preStopSeconds }}
{{- else -}}
exec:
  command: [sleep, {{ .Values.shutdown.preStopSeconds | quote }}]
{{- end }}
{{- end }}

{{/*
What the host allows for stopping: StopTimeout, in which work stops when leadership is lost, must fit into it together with the 2 s that the
library keeps for the releases, 10 ms more for each lease beyond fifty (the last waits for the others), and a second for the last Event or label.
Leases are those of the partitions, the election's own, and one more with locks: what the library counts.
*/}}
{{- define "leader-elected-app.shutdownTimeout" -}}
{{- $needed := 0 }}
{{- if not .Values.sidecar.enabled }}
{{- $ms := (include "leader-elected-app.timings" . | fromYaml).ms }}
{{- $stop := default (sub (int $ms.leaseDuration) (int $ms.renewDeadline)) $ms.stopTimeout | int }}
{{- $leases := add (default 0 .Values.partitions.count | int) 1 (ternary 1 0 .Values.locks.enabled) }}
{{- $announces := or .Values.election.publishEvents .Values.election.labelLeaderPod }}
{{- $needed = add (div (add $stop 999) 1000) 2 (div (add $leases 49) 100) (ternary 1 0 $announces) | int }}
{{- end }}
{{- if kindIs "invalid" .Values.shutdown.timeoutSeconds }}
{{- max 30 $needed }}
{{- else if lt (int .Values.shutdown.timeoutSeconds) $needed }}
{{- printf "shutdown.timeoutSeconds is %d, but must be at least %d: election.stopTimeout (leaseDuration - renewDeadline if not set), in which work stops, and what the library needs to release the lease; write %d or more, or leave it out" (int .Values.shutdown.timeoutSeconds) $needed $needed | fail }}
{{- else }}
{{- int .Values.shutdown.timeoutSeconds }}
{{- end }}
{{- end }}

{{- define "leader-elected-app.gracePeriod" -}}
{{- $timeout := include "leader-elected-app.shutdownTimeout" . | int }}
{{- $needed := add $timeout .Values.shutdown.preStopSeconds }}
{{- if kindIs "invalid" .Values.shutdown.gracePeriodSeconds }}
{{- add $needed 5 }}
{{- else if le (int .Values.shutdown.gracePeriodSeconds) (int $needed) }}
{{- printf "shutdown.gracePeriodSeconds is %d, but must be more than shutdown.timeoutSeconds (%d) and shutdown.preStopSeconds (%d) together: the kubelet would kill work that drains, and the lease would have to run out; write for example %d, or leave it out" (int .Values.shutdown.gracePeriodSeconds) $timeout (int .Values.shutdown.preStopSeconds) (int (add $needed 5)) | fail }}
{{- else }}
{{- int .Values.shutdown.gracePeriodSeconds }}
{{- end }}
{{- end }}
