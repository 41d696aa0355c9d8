module finhub-sandbox

go 1.26
