/* test/api/walk_pages.c: the walk's steps to the pages of customers. */
#include "walk_bodies.h"

const struct step walk_before_pages[WALK_BEFORE_PAGES] = {
    {"POST /v1/orders", NULL,
     "{\"channel\":\"phone\",\"ship_to\":" ADDRESS ",\"customer_email\":\"ada@example.org\","
     "\"payment_method\":\"on_account\",\"lines\":" LINE("PEN", 1) "}",
     "asked=id"},
    {"POST /v1/orders", NULL,
     "{\"channel\":\"phone\",\"ship_to\":" ADDRESS ",\"customer_email\":\"eva@example.org\","
     "\"payment_method\":\"on_account\",\"lines\":" LINE("PEN", 1) "}",
     "sure=id"},
    {"POST /v1/products/{prd}/substitutes", NULL, "{\"sku\":\"BOOK\"}"},
    {"POST /v1/orders", NULL, ORDER("on_account", LINE("CUP", 1)), "missing=id"},
    {"run"},
    {"let ord $missing"},
    {"GET /v1/orders/{ord}/substitutions", NULL, NULL, "question=data.0.id"},
    {"let ord $arrived"},
    {"GET /v1/orders/{ord}/invoices", NULL, NULL, "its_invoice=data.0.id"},
    {"run"},
};

const struct step walk_its_pages[WALK_ITS_PAGES] = {
    {"GET /"},
    {"GET /board.json"},
    {"let word page.css"},
    {"GET /pages/{word}"},
    {"let word $asked"},
    {"GET /c/{word}"},
    {"POST /c/{word}", NULL,
     "recipient=Ada+Byron&line1=10+King+Street&city=London&postal_code=EC2V+8EA&words=yes"},
    {"let word $sure"},
    {"GET /t/{word}"},
    {"POST /t/{word}/confirm", NULL, ""},
    {"POST /t/{word}/problem", NULL, "kind=other&words=Where+is+it"},
    {"POST /t/{word}/address", NULL,
     "recipient=Ada&line1=221B+Baker+Street&city=London&postal_code=NW1+6XE"},
    {"POST /t/{word}/cancel", NULL, "reason=too+late&sure=yes"},
    {"let word $missing"},
    {"POST /t/{word}/instead", NULL, "question=$question&answer=yes"},
    {"let word $arrived"},
    {"GET /f/{word}"},
    {"POST /f/{word}", NULL, "score=9&words=thanks"},
    {"let word $back"},
    {"let inv $its_invoice"},
    {"GET /t/{word}/documents/{inv}"},
    {"POST /t/{word}/return", NULL, "reason=unwanted&goods_1=1"},
};
