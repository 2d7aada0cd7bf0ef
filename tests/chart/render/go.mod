// Beside /v3 in an import, GOPATH mode wants to see a module.
module leaseelection/render

go 1.19
