/* faces/pages/book.h: the templates of mails and pages, compiled once for all threads. */
#pragma once

#include "wire/template.h"

const struct template_book *page_book(void);
const struct template_part *page_parts(void); /* what it was made of, to look for faults */
