"""Domains under which everybody can have an address: they are nobody's to let people in by."""

_LISTED = """
126.com 139.com 163.com aim.com alice.it aol.com att.net bellsouth.net bigpond.com bk.ru bluewin.ch bol.com.br
btinternet.com centrum.cz charter.net comcast.net cox.net daum.net duck.com duckduckgo.com earthlink.net
email.cz email.de email.it fastmail.com fastmail.fm foxmail.com free.fr freenet.de gmail.com gmx.at gmx.ch
gmx.com gmx.de gmx.fr gmx.net googlemail.com hanmail.net hey.com hotmail.be hotmail.ch hotmail.co.jp
hotmail.co.uk hotmail.com hotmail.com.br hotmail.de hotmail.es hotmail.fr hotmail.it hotmail.nl hotmail.se
hushmail.com icloud.com inbox.com inbox.lv inbox.ru interia.pl juno.com laposte.net libero.it list.ru live.be
live.ca live.cn live.co.uk live.com live.com.au live.com.mx live.de live.dk live.fi live.fr live.it live.nl
live.no live.se mac.com mail.com mail.de mail.ee mail.ru mailbox.org mailfence.com mailinator.com me.com
mindspring.com msn.com nate.com naver.com neuf.fr o2.pl onet.pl online.de op.pl orange.fr outlook.at outlook.be
outlook.com outlook.com.au outlook.com.br outlook.de outlook.dk outlook.es outlook.fr outlook.ie outlook.in
outlook.it outlook.jp outlook.kr outlook.pt passport.com pm.me posteo.de posteo.net proton.me protonmail.ch
protonmail.com qq.com rambler.ru rediffmail.com rocketmail.com rogers.com runbox.com sapo.pt sbcglobal.net
seznam.cz sfr.fr shaw.ca sina.cn sina.com sky.com skynet.be sohu.com startmail.com sympatico.ca t-online.de
talktalk.net telenet.be telus.net terra.com.br tiscali.it tuta.com tuta.io tutanota.com tutanota.de ukr.net
uol.com.br verizon.net virgilio.it virginmedia.com vk.com volny.cz wanadoo.fr web.de windowslive.com wp.pl
xtra.co.nz ya.ru yahoo.ca yahoo.co.id yahoo.co.in yahoo.co.jp yahoo.co.kr yahoo.co.uk yahoo.com yahoo.com.ar
yahoo.com.au yahoo.com.br yahoo.com.cn yahoo.com.mx yahoo.com.sg yahoo.com.tr yahoo.com.tw yahoo.de yahoo.es
yahoo.fr yahoo.ie yahoo.in yahoo.it yandex.by yandex.com yandex.kz yandex.ru yandex.ua yeah.net ymail.com
yopmail.com ziggo.nl zoho.com zoho.eu zohomail.com
"""
PUBLIC_MAIL_DOMAINS = frozenset(_LISTED.split())
