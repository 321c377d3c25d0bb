package httpapi

func (s *Server) worksRoutes() {}
