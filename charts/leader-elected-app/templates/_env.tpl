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
{{- end }}
{{- end }}
