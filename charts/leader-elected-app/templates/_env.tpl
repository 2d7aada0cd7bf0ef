{{- define "leader-elected-app.podEnv" -}}
- name: POD_NAME
  valueFrom:
    fieldRef:
      fieldPath: metadata.name
- name: POD_NAMESPACE
  valueFrom:
    fieldRef:
      fieldPath: metadata.namespace
{{- end }}

{{/*
The library's options. What the library has a default for is said only where it differs: an older version of the library refuses to
start with an option that it does not know.
*/}}
{{- define "leader-elected-app.electionEnv" -}}
{{- $timings := include "leader-elected-app.timings" . | fromYaml -}}
- name: LeaderElection__LeaseName
  value: {{ include "leader-elected-app.leaseName" . | quote }}
{{- range $key := list "leaseDuration" "renewDeadline" "retryPeriod" "renewInterval" "stopTimeout" }}
{{- with get $timings.texts $key }}
- name: LeaderElection__{{ title $key }}
  value: {{ . | quote }}
{{- end }}
{{- end }}
{{- with .Values.election }}
- name: LeaderElection__ReleaseOnStop
  value: {{ .releaseOnStop | quote }}
{{- if .takeOverBackoff }}
- name: LeaderElection__TakeOverBackoff
  value: "true"
{{- end }}
- name: LeaderElection__WhenWorkEnds
  value: {{ .whenWorkEnds | quote }}
- name: LeaderElection__WhenWorkOverruns
  value: {{ .whenWorkOverruns | quote }}
{{- if .publishEvents }}
- name: LeaderElection__Kubernetes__PublishEvents
  value: "true"
{{- end }}
{{- if .labelLeaderPod }}
- name: LeaderElection__Kubernetes__LabelLeaderPod
  value: "true"
{{- end }}
{{- if .takeOverFromTerminated }}
- name: LeaderElection__Kubernetes__TakeOverFromTerminated
  value: "true"
- name: LeaderElection__Kubernetes__ContainerName
  value: app
{{- end }}
{{- end }}
{{- if include "leader-elected-app.hasMembers" . }}
{{- with .Values.members.leaseDuration }}
- name: LeaderElection__Members__LeaseDuration
  value: {{ . | quote }}
{{- end }}
{{- with .Values.members.renewInterval }}
- name: LeaderElection__Members__RenewInterval
  value: {{ . | quote }}
{{- end }}
{{- end }}
{{- with .Values.partitions }}
{{- if .count }}
- name: LeaderElection__Partitions__Count
  value: {{ int .count | quote }}
{{- with .moveAfter }}
- name: LeaderElection__Partitions__MoveAfter
  value: {{ . | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/*
Whose Pod a presence Lease is, so that Kubernetes deletes it with the Pod, and whose end the others look for; and on which node a member is.
*/}}
{{- define "leader-elected-app.memberEnv" -}}
{{- if or (include "leader-elected-app.hasMembers" .) .Values.election.takeOverFromTerminated -}}
- name: POD_UID
  valueFrom:
    fieldRef:
      fieldPath: metadata.uid
{{- end }}
{{- if include "leader-elected-app.hasMembers" . }}
- name: NODE_NAME
  valueFrom:
    fieldRef:
      fieldPath: spec.nodeName
{{- end }}
{{- end }}

{{- define "leader-elected-app.lockEnv" -}}
{{- if and .Values.locks.enabled .Values.locks.timing }}
{{- range $key, $text := get (include "leader-elected-app.presets" . | fromYaml) .Values.locks.timing }}
- name: LeaseLocks__{{ title $key }}
  value: {{ $text | quote }}
{{- end }}
{{- end }}
{{- end }}
